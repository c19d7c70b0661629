import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { closedLoop, type Variant } from './harness.ts';

/** About 390 B of JSON, as performance.md's event. */
export const body = JSON.stringify({
  orderId: randomUUID(),
  accountId: randomUUID(),
  orderedAt: '1997-01-01T00:00:00.000Z',
  currency: 'USD',
  lines: [{ product: 'Compact disc, second hand', category: 'music', quantity: '1', amountMinor: '1177', unitPriceMinor: '1177' }],
  adjustments: [{ type: 'FREIGHT', amountMinor: '250' }],
  channel: 'mail order',
  placeOfSale: 'Shanghai, Nanjing Road, second floor',
});

/** The plain event table of probes A and F: no order, no keys, no streams. */
export const plainTable = /* sql */ `
create table if not exists plain (
  position bigint generated always as identity primary key, stream uuid not null, version int not null,
  type text not null, data json not null, meta json not null, unique (stream, version)
)`;

/** Probe A: raw `pg`, one INSERT and one commit an event, new stream every ten. */
export const probeA = (pool: pg.Pool, pids: () => readonly number[], lanes = 32): Variant => {
  const meta = JSON.stringify({ actor: 'op-17', commandId: randomUUID(), at: new Date().toISOString() });
  const streams = Array.from({ length: lanes }, () => ({ id: randomUUID(), version: 0 }));
  return {
    name: `A  raw pg INSERT, autocommit, ${lanes} in flight`,
    pids,
    run: (ms) =>
      closedLoop(lanes, ms, (lane) => {
        const at = streams[lane];
        if (!at) throw new Error('no such lane');
        if (++at.version > 10) Object.assign(at, { id: randomUUID(), version: 1 });
        return pool.query({
          name: 'probe-a',
          text: 'insert into plain (stream, version, type, data, meta) values ($1, $2, $3, $4, $5)',
          values: [at.id, at.version, 'guanxi.accounts.v1.OrderRecorded', body, meta],
        });
      }),
  };
};

/** Probe F: batches of 500 rows, upserted by one statement with a checkpoint in the same transaction, random keys of 20,000. */
export const probeF = (pool: pg.Pool, pids: () => readonly number[], keys: readonly string[]): Variant => ({
  name: 'F  raw folded batch upsert, 500 rows a transaction',
  pids,
  run: async (ms) => {
    const client = await pool.connect();
    let done = 0;
    try {
      for (const end = performance.now() + ms; performance.now() < end; done += 500) {
        const start = Math.floor(Math.random() * (keys.length - 500));
        const batch = keys.slice(start, start + 500);
        await client.query('begin');
        await client.query('set local synchronous_commit = off');
        await client.query({
          name: 'probe-f',
          text: `insert into plain_view (key, position, a, b, row) select k, 1, 'ACTUAL', 'PERSON', r from unnest($1::uuid[], $2::json[]) x(k, r)
                 on conflict (key) do update set position = excluded.position, a = excluded.a, b = excluded.b, row = excluded.row`,
          values: [batch, batch.map(() => body)],
        });
        await client.query('update plain_checkpoint set position = position + 500');
        await client.query('commit');
      }
    } finally {
      client.release();
    }
    return { done };
  },
});

export const plainView = /* sql */ `
create table if not exists plain_view (key uuid primary key, position bigint not null, a text, b text, row json not null);
create index if not exists plain_view_a on plain_view (a, key);
create index if not exists plain_view_b on plain_view (b, key);
create table if not exists plain_checkpoint (position bigint not null);
insert into plain_checkpoint select 0 where not exists (select from plain_checkpoint);
`;

/** Probe G: emmett-postgresql appending one event with an expected version, 32 in flight. */
export const probeG = async (url: string, pids: () => readonly number[], lanes = 32): Promise<Variant & { close: () => Promise<void> }> => {
  const { getPostgreSQLEventStore } = await import('@event-driven-io/emmett-postgresql');
  const store = getPostgreSQLEventStore(url);
  const streams = Array.from({ length: lanes }, () => ({ id: `order-${randomUUID()}`, version: 0 }));
  return {
    name: `G  emmett-postgresql append, ${lanes} in flight`,
    pids,
    run: (ms) =>
      closedLoop(lanes, ms, async (lane) => {
        const at = streams[lane];
        if (!at) throw new Error('no such lane');
        if (at.version === 10) Object.assign(at, { id: `order-${randomUUID()}`, version: 0 });
        await store.appendToStream(at.id, [{ type: 'OrderRecorded', data: { body } }], {
          expectedStreamVersion: at.version === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(at.version),
        });
        at.version++;
      }),
    close: () => store.close(),
  };
};
