import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { freshDatabase } from '../../../test/postgres.js';
import type { Row } from './fold.js';
import { contractsOf, interpret } from './interpret.js';
import { inMemory } from './moment.step.js';
import { projection } from './projection.js';
import { readRecord } from './record.js';
import { beginning, readRecorded } from './recorded.js';
import { opened, placed } from './testing/shop.database.js';
import { shopTests } from './testing/shop.setup.js';
import { accountView, orderView, shop } from './testing/shop.views.js';
import type { AnyView } from './view.js';
import { createTable } from './view.table.js';

const { setUp, tearDown } = shopTests(freshDatabase);
afterEach(tearDown);

const contracts = contractsOf(shop);

describe('a view that is folded in memory as of a moment', () => {
  const folded = async (db: Awaited<ReturnType<typeof setUp>>, view: AnyView, rows: number): Promise<[number, Map<string, Row>]> => {
    const client = new Client({ connectionString: db.url, options: '-c search_path=pg_temp', pipeline: true });
    await client.connect();
    try {
      const it = projection(view, view.options.table, []);
      await client.query(createTable(view, it.table.name));
      const step = inMemory(client, it, 1, { rows, bytes: 2 ** 30 });
      const entries = await readRecorded(db.pool, beginning, 10_000, [...contracts.payloads.keys()]);
      for (let n = 0; n < entries.length; n += 3) {
        const { events, to } = interpret(entries.slice(n, n + 3), beginning, contracts, readRecord);
        await step.fold(events, to);
      }
      await step.end();
      const found = await client.query<{ key: string; row: Row }>(`select key::text, row from ${it.table.name}`);
      return [it.parked.size, new Map(found.rows.map(({ key, row }) => [key, row]))];
    } finally {
      await client.end();
    }
  };
  const orders = Array.from({ length: 12 }, () => randomUUID());
  /** Every order is placed, changed much later, and some go. */
  const told = async () => {
    const db = await setUp();
    await db.append(orders.map((it, n) => placed(it, 1, `a${n % 5}`, n)));
    await db.receive([0, 1, 2, 3, 4].map((n) => opened(`a${n}`, `name ${n}`)));
    const later = orders.map((it, n) => ({
      ...placed(it, 2, ''),
      event: n % 4 === 0 ? { orderVoided: { reason: 'x' } } : { orderPaid: { amount: String(n) } },
    }));
    await db.append([...later].reverse());
    await db.append(orders.filter((_, n) => n % 8 === 0).map((it) => placed(it, 3, 'a1', 9)));
    return db;
  };

  it('is the same however little the memory holds', async () => {
    const db = await told();
    for (const view of [orderView, accountView] as AnyView[])
      for (const rows of [1, 2, 5, 1_000]) expect(await folded(db, view, rows)).toEqual([0, await db.folded(view)]);
  });
  it('keeps the row of a key whose fold throws, from that event on, and folds all others', async () => {
    const db = await told();
    const poison = { ...orderView, sources: orderView.sources.map((it) => ({ ...it, folds: { ...it.folds, orderPaid: picky } })) } as AnyView;
    for (const rows of [2, 1_000]) {
      const [parked, found] = await folded(db, poison, rows);
      const whole = await db.folded(orderView);
      expect(parked).toBe(1);
      expect(found.get(orders[3]!)).toMatchObject({ status: 'PLACED', version: 1 });
      expect(new Map([...found].filter(([key]) => key !== orders[3]))).toEqual(new Map([...whole].filter(([key]) => key !== orders[3])));
    }
  });
});

const paid = orderView.sources[0]!.folds['orderPaid']!;
const picky: typeof paid = (row, event, meta) => {
  if ((event as { amount: string }).amount === '3') throw new Error('cannot be folded');
  return paid(row, event, meta);
};
