import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { viewHashes } from '@guanxi/event-sourcing/view.hash';
import { accounts } from './accounts.module.js';

// Where a view's folds live: a change of comments is no change.
const files: Record<string, string[]> = {
  accounts: ['account.view.ts', 'trade.ts'],
  orders: ['order.view.ts'],
  account_turnovers: ['turnover.view.ts', 'trade.ts'],
  account_names: ['name.view.ts', 'names.ts'],
};
const code = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8').replace(/^\s*(\/\/|\/\*\*|\*).*$/gm, '');
const hashes = accounts.views.map((view) => viewHashes({ ...accounts, views: [view] }, (files[view.options.table] ?? []).map(code)));

it('keeps the views as they are under their version numbers: who changes one counts its version up', () =>
  expect(Object.assign({}, ...hashes)).toEqual({
    'account_names v1': 'e8193b9caadfdb8b',
    'account_turnovers v1': '88881cd7771f69f6',
    'accounts v1': '5dad05ee23dd7225',
    'orders v1': '1f1a8f559f0a0030',
  }));
