import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { freshDatabase } from '../../../test/postgres.js';
import { batch, type Outcome } from './batch.js';
import { dedicated } from './dedicated.js';
import { contractsOf } from './interpret.js';
import { projection, type Projection } from './projection.js';
import { readRecord } from './record.js';
import { opened, placed } from './testing/shop.database.js';
import { shopTests } from './testing/shop.setup.js';
import { accountView, orderView, shop } from './testing/shop.views.js';

const { setUp, tearDown } = shopTests(freshDatabase);
afterEach(tearDown);

const begin = async (remembered?: number) => {
  const db = await setUp();
  const connection = dedicated(db.url, 'batch-spec');
  const client = await connection.get();
  const around = {
    contracts: contractsOf(shop),
    read: readRecord,
    pool: db.pool,
    begins: new Map(),
    execute: () => Promise.reject(new Error()),
    deciderOf: () => shop.deciders[0] as never,
  };
  const orders = projection(orderView, 'shop_order_v1_g1', [], remembered);
  const accounts = projection(accountView, 'shop_account_v1_g1', [], remembered);
  /** Folds to the end, each batch with what the one before read ahead. */
  const toEnd = async (all: readonly Projection[], limit: number): Promise<Outcome[]> => {
    const outcomes: Outcome[] = [];
    do outcomes.push(await batch(client, all, { limit, ahead: outcomes.at(-1)?.ahead }, around));
    while (outcomes.at(-1)?.more);
    return outcomes;
  };
  return { ...db, client, orders, accounts, toEnd, end: () => connection.end() };
};

/** Counts what leaves a connection at once. */
const packets = ({ connection: { stream } }: Client): (() => number) => {
  let n = 0;
  const [one, several] = [stream._write.bind(stream), stream._writev?.bind(stream)];
  stream._write = (...it) => (n++, one(...it));
  stream._writev = (...it) => (n++, several?.(...it));
  return () => n;
};

describe('a batch', () => {
  it('folds right however few rows are remembered and however small the batches are', async () => {
    const { append, receive, orders, accounts, toEnd, shown, folded, end } = await begin(7);
    const streams = Array.from({ length: 60 }, () => randomUUID());
    for (const version of [1, 2, 3, 4]) {
      await append(streams.map((it, n) => placed(it, version, `a${(n * version) % 31}`)));
      await receive([opened(`a${version}`, `name ${version}`)]);
    }
    const outcomes = await toEnd([orders, accounts], 50);
    expect(outcomes.flatMap((it) => (it.moved.length > 0 ? [it.to.position - it.from.position + it.to.seq - it.from.seq] : []))).toEqual([
      50, 50, 50, 50, 44,
    ]);
    expect(await shown(orderView)).toEqual(await folded(orderView));
    expect(await shown(accountView)).toEqual(await folded(accountView));
    await end();
  });

  it('reads on while it writes, and again where what it read ahead was not the whole', async () => {
    const { append, orders, toEnd, shown, folded, client, end } = await begin();
    const stream = randomUUID();
    await append(Array.from({ length: 12 }, (_, n) => placed(stream, n + 1, 'a')));
    const [first] = await toEnd([orders], 12);
    expect(first?.ahead?.from).toEqual({ position: 12, seq: 0 });
    await client.query(`update checkpoints set position = 5 where name = 'shop_order_v1_g1'; delete from shop_order_v1_g1`);
    const outcomes = await toEnd([orders], 4);
    expect(outcomes.map((it) => [it.from.position, it.to.position])).toEqual([
      [5, 9],
      [9, 12],
      [12, 12],
    ]);
    expect((await shown(orderView)).get(stream)?.['seen']).toEqual(((await folded(orderView)).get(stream)?.['seen'] as string[]).slice(5));
    await end();
  });

  it('brings views that stand apart together, the hindmost first and no further than the next', async () => {
    const { append, orders, accounts, toEnd, end } = await begin();
    const stream = randomUUID();
    await append([placed(stream, 1, 'a'), placed(stream, 2, 'a')]);
    await toEnd([orders], 10);
    await append([placed(stream, 3, 'a')]);
    const outcomes = await toEnd([orders, accounts], 10);
    expect(outcomes.map(({ moved, from, to }) => [moved.map((it) => it.table.name), from.position, to.position])).toEqual([
      [['shop_account_v1_g1'], 0, 2],
      [['shop_order_v1_g1', 'shop_account_v1_g1'], 2, 3],
    ]);
    await end();
  });

  it('takes two packets where the rows are known', async () => {
    const { append, orders, accounts, toEnd, client, end } = await begin();
    const stream = randomUUID();
    await append([placed(stream, 1, 'a')]);
    await toEnd([orders, accounts], 100);
    const sent = packets(client);
    await append([placed(stream, 2, 'a'), placed(stream, 3, 'a')]);
    const before = sent();
    expect((await toEnd([orders, accounts], 100)).map((it) => it.moved.length)).toEqual([2]);
    expect(sent() - before).toBe(2);
    await end();
  });

  it('leaves a view alone that somebody stopped, whether or not this process has heard of it', async () => {
    const { append, pool, orders, accounts, toEnd, shown, end } = await begin();
    await append([placed(randomUUID(), 1, 'a')]);
    await pool.query(`update checkpoints set reason = 'enough' where name = 'shop_account_v1_g1'`);
    const [outcome] = await toEnd([orders, accounts], 50);
    expect(outcome?.moved).toEqual([orders]);
    expect((await shown(accountView)).size).toBe(0);
    await end();
  });
});
