import { hash } from 'node:crypto';
import type { Policy } from './policy.js';
import type { ServiceDefinition } from './service.js';
import { columnsOf, keyTypeOf } from './view.columns.js';
import type { AnyView } from './view.js';

type Table = Readonly<Record<string, unknown>>;
type Helper = ((...it: never[]) => unknown) | string;

const textOf = (it: unknown): string => String(it).replace(/\s+/g, ' ');
const textsOf = (table: Table): string[][] => Object.entries(table).flatMap(([name, it]) => (it ? [[name, textOf(it)]] : []));

const definitionOf = (view: AnyView, policies: readonly Policy[]) => ({
  key: [view.options.key, keyTypeOf(view), view.row.typeName],
  columns: columnsOf(view).map(({ name, type, indexed }) => [name, type, indexed]),
  own: Object.entries(view.options.columns ?? {}).map(([name, { of }]) => [name, textOf(of)]),
  folds: view.sources.map(({ events, folds, keyOf }) => [events.typeName, textsOf(folds), textOf(keyOf)]),
  policies: policies.map(({ name, sources }) => [name, sources.map(({ events, reacts }) => [events.typeName, textsOf(reacts)])]),
});

/**
 * What a spec keeps of each view and its policies: `{ 'account v1': '5f1c…' }`. A new hash under an old version means that old
 * rows and new folds would meet in one table, and that old and new replicas would share a checkpoint: count `version` up.
 * It is made of the functions' own text as Jest compiles it, so it sees no function that a fold calls unless `helpers` names it, or
 * holds the text of its file.
 */
export const viewHashes = ({ views, policies = [] }: ServiceDefinition, helpers: readonly Helper[] = []): Record<string, string> =>
  Object.fromEntries(
    views.map((view) => {
      const { table, version } = view.options;
      const mine = policies.filter((it) => it.view.options.table === table);
      const text = JSON.stringify([definitionOf(view, mine), helpers.map(textOf)]);
      return [`${table} v${version}`, hash('sha256', text).slice(0, 16)];
    }),
  );
