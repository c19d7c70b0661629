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
  contacts: ['contact.view.ts', 'contact.rules.ts'],
  account_people: ['contact.advice.ts'],
  account_complaints: ['open-complaint.view.ts'],
  search_entries: ['search.view.ts', 'search.terms.ts'],
};
const code = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8').replace(/^\s*(\/\/|\/\*\*|\*).*$/gm, '');
const hashes = accounts.views.map((view) => viewHashes({ ...accounts, views: [view] }, (files[view.options.table] ?? []).map(code)));

it('keeps the views as they are under their version numbers: who changes one counts its version up', () =>
  expect(Object.assign({}, ...hashes)).toEqual({
    'account_names v1': 'e8193b9caadfdb8b',
    'account_turnovers v1': '88881cd7771f69f6',
    'account_complaints v1': 'cc78fd943424e688',
    'account_people v1': 'a8c556b0b3645acc',
    'accounts v2': 'ec9b0c8bdc6e2055',
    'contacts v1': '8271dc49b343ef4c',
    'search_entries v1': '8d20c0a97d29fab7',
    'orders v1': '1f1a8f559f0a0030',
  }));
