import { isDeepStrictEqual } from 'node:util';
import { fold, type Row } from '@guanxi/event-sourcing/fold';
import { contractsOf, interpret } from '@guanxi/event-sourcing/interpret';
import { discardedIn } from '@guanxi/event-sourcing/parked';
import { readRecord } from '@guanxi/event-sourcing/record';
import { beginning, readRecorded, samePlace, type Place } from '@guanxi/event-sourcing/recorded';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { Client } from 'pg';

/** What a view's table holds against what its events fold to. */
export interface Comparison {
  readonly view: string;
  readonly rows: number;
  /** Keys whose rows differ, a few of them. */
  readonly different: readonly string[];
}

const foldAll = async (client: Client, definition: ServiceDefinition): Promise<{ folded: Map<string, Map<string, Row | undefined>>; end: Place }> => {
  const contracts = contractsOf(definition);
  const folded = new Map(definition.views.map((view) => [view.options.table, new Map<string, Row | undefined>()]));
  const discarded = new Map<string, ReadonlySet<string>>();
  for (const { options } of definition.views) discarded.set(options.table, await discardedIn(client, options.table));
  let place = beginning;
  for (;;) {
    const entries = await readRecorded(client, place, 2_000, [...contracts.payloads.keys()]);
    const { events, to, stuck } = interpret(entries, place, contracts, (text) => readRecord(text));
    if (stuck) throw new Error(stuck);
    for (const view of definition.views) {
      const rows = folded.get(view.options.table) ?? new Map<string, Row | undefined>();
      const aside = { parked: new Map(), discarded: discarded.get(view.options.table) ?? new Set<string>() };
      for (const [key, { row }] of fold(view, rows, events, undefined, aside)) rows.set(key, row);
    }
    if (samePlace(place, to)) return { folded, end: to };
    place = to;
  }
};

/** Folds a service's whole recorded order from the start and compares every row of every view with what the service reads. */
export const compareViews = async (url: string, definition: ServiceDefinition): Promise<Comparison[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { folded } = await foldAll(client, definition);
    const results: Comparison[] = [];
    for (const [view, rows] of folded) {
      const live = new Map(
        (await client.query<{ key: string; row: Row }>(`select key::text, row from "${view}"`)).rows.map((it) => [it.key, it.row]),
      );
      const wanted = new Map([...rows].filter(([, row]) => row !== undefined));
      const keys = new Set([...live.keys(), ...wanted.keys()]);
      // Absent and undefined are one in JSON.
      const plain = (row: Row | undefined): unknown => row && JSON.parse(JSON.stringify(row));
      const different = [...keys].filter((key) => !isDeepStrictEqual(plain(wanted.get(key)), live.get(key)));
      results.push({ view, rows: live.size, different: different.slice(0, 5) });
    }
    return results;
  } finally {
    await client.end();
  }
};
