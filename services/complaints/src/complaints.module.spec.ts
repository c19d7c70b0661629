import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { viewHashes } from '@guanxi/event-sourcing/view.hash';
import { importedStatus } from './complaint.rules.js';
import { complaints } from './complaints.module.js';

// Where a view's folds live: a change of comments is no change.
const files: Record<string, string[]> = {
  complaints: ['complaint.view.ts'],
  complaint_rates: ['rate.view.ts'],
  opt_outs: ['../../../libs/protection/src/opt-outs.view.ts'],
};
const code = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8').replace(/^\s*(\/\/|\/\*\*|\*).*$/gm, '');
const hashes = complaints.views.map((view) =>
  viewHashes({ ...complaints, views: [view] }, [importedStatus, ...(files[view.options.table] ?? []).map(code)]),
);

it('keeps the views as they are under their version numbers: who changes one counts its version up', () =>
  expect(Object.assign({}, ...hashes)).toEqual({
    'complaint_rates v1': 'a51cbb90bb327a17',
    'complaints v1': 'c641b142840bb561',
    'opt_outs v1': 'dc80d07100f3521b',
  }));
