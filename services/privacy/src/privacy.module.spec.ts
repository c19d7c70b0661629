import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { viewHashes } from '@guanxi/event-sourcing/view.hash';
import { privacy } from './privacy.module.js';

// Where a view's folds live: a change of comments is no change.
const files: Record<string, string[]> = {
  opt_outs: ['../../../libs/protection/src/opt-outs.view.ts'],
  consents: ['consent.view.ts'],
  data_subjects: ['data-subject.view.ts'],
};
const code = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8').replace(/^\s*(\/\/|\/\*\*|\*).*$/gm, '');
const hashes = privacy.views.map((view) => viewHashes({ ...privacy, views: [view] }, (files[view.options.table] ?? []).map(code)));

it('keeps the views as they are under their version numbers: who changes one counts its version up', () =>
  expect(Object.assign({}, ...hashes)).toEqual({
    'consents v1': '4626080846f6c73d',
    'data_subjects v1': 'ace228aa3b37c130',
    'opt_outs v1': 'cc15785b6786a6c5',
  }));
