import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { viewHashes } from '@guanxi/event-sourcing/view.hash';
import { interactions } from './interactions.module.js';

// Where a view's folds live: a change of comments is no change.
const files: Record<string, string[]> = {
  interactions: ['interaction.view.ts', 'interaction.facts.ts'],
  timeline: ['timeline.view.ts', 'timeline.entry.ts'],
};
const code = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8').replace(/^\s*(\/\/|\/\*\*|\*).*$/gm, '');
const hashes = interactions.views.map((view) => viewHashes({ ...interactions, views: [view] }, (files[view.options.table] ?? []).map(code)));

it('keeps the views as they are under their version numbers: who changes one counts its version up', () =>
  expect(Object.assign({}, ...hashes)).toEqual({
    'interactions v1': '02f6bd67fe392ca7',
    'timeline v1': '5f442466730e1b7f',
  }));
