import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { viewHashes } from '@guanxi/event-sourcing/view.hash';
import { loyalty } from './loyalty.module.js';

// Where a view's folds live: a change of comments is no change.
const files: Record<string, string[]> = {
  memberships: ['membership.view.ts'],
  points: ['points.view.ts', 'points.rules.ts'],
  redemptions: ['redemption.view.ts'],
  opt_outs: ['../../../libs/protection/src/opt-outs.view.ts'],
};
const code = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8').replace(/^\s*(\/\/|\/\*\*|\*).*$/gm, '');
const hashes = loyalty.views.map((view) => viewHashes({ ...loyalty, views: [view] }, (files[view.options.table] ?? []).map(code)));

it('keeps the views as they are under their version numbers: who changes one counts its version up', () =>
  expect(Object.assign({}, ...hashes)).toEqual({
    'memberships v1': '8d56bfce70622858',
    'points v1': '24e6d86244f29190',
    'redemptions v1': 'b9184c11eea01999',
    'opt_outs v1': 'cc15785b6786a6c5',
  }));
