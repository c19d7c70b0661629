import { Pool } from 'pg';
import { recordData } from '@guanxi/contracts/json';
import { casesOf, fold, type Row } from '../fold.js';
import { uuid7 } from '../ids.js';
import { contractsOf, interpret } from '../interpret.js';
import { readRecord, writeRecord } from '../record.js';
import { beginning, readRecorded } from '../recorded.js';
import { applySchema } from '../schema.apply.js';
import { historyLock } from '../schema.js';
import type { ServiceDefinition } from '../service.js';
import { ensureViews } from '../view.ensure.js';
import type { AnyView } from '../view.js';
import type { Execute } from '../policies.js';
import { AccountEvent, OrderEvent } from './shop.js';

/** An event to be written by hand, own or received. */
export interface Told {
  readonly stream: string;
  readonly version: number;
  readonly event: Row;
  readonly id?: string;
}

const textOf = (
  contract: typeof OrderEvent | typeof AccountEvent,
  source: string,
  { stream, version, event, id = uuid7() }: Told,
): { type: string; text: string } => {
  const [name, data] = Object.entries(event)[0] as [string, Row];
  const [type, { payload }] =
    [...casesOf(contract)].find(([, it]) => it.name === name) ??
    (() => {
      throw new Error(name);
    })();
  const draft = {
    id,
    source: `/guanxi/${source}`,
    type,
    subject: `it/${stream}`,
    streamversion: version,
    schemaversion: 1,
    segment: 'default',
    data: recordData(payload, data),
  };
  const { head, tail } = writeRecord(draft);
  return { type, text: `${head}2026-11-22T08:00:00.000Z${tail}` };
};

/** An order being placed. */
export const placed = (stream: string, version: number, accountId: string, amount = 5): Told => ({
  stream,
  version,
  event: { orderPlaced: { accountId, amount: String(amount), placedAt: '2026-11-22T08:00:00.000Z', tags: [] } },
});

/** An account being opened at the bank, which the shop hears of. */
export const opened = (account: string, name: string): Told => ({
  stream: account,
  version: 1,
  event: { accountOpened: { accountId: account, name } },
});

/** Full names of the shop's own events. */
export const types = { placed: 'guanxi.shop.v1.OrderPlaced', paid: 'guanxi.shop.v1.OrderPaid', voided: 'guanxi.shop.v1.OrderVoided' };

/** A database with the kit's tables and the views of a definition. */
export const shopDatabase = async (url: string, definition: ServiceDefinition) => {
  const pool = new Pool({ connectionString: url, max: 8 });
  pool.on('error', () => undefined);
  await applySchema(pool);
  const ensure = async (it: ServiceDefinition): Promise<void> => {
    const client = await pool.connect();
    await ensureViews(client, it, 'postgres').finally(() => client.release());
  };
  await ensure(definition);

  const underLock = async <T>(
    act: (query: (text: string, values?: unknown[]) => Promise<{ rows: Record<string, string>[] }>) => Promise<T>,
  ): Promise<T> => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query(`select pg_advisory_xact_lock(${historyLock})`);
      const answer = await act((text, values) => client.query(text, values));
      await client.query('commit');
      return answer;
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  };

  /** Appends own events, as the append function would; answers the head. */
  const append = (told: readonly Told[]): Promise<number> =>
    underLock(async (query) => {
      const all = told.map((it) => ({ ...it, ...textOf(OrderEvent, 'shop', it) }));
      const { rows } = await query(
        `with head as (select coalesce(max(position), 0) as p from events)
         insert into events (position, stream_id, version, type, key, partition, recorded_at, record)
         select p + n, s, v, t, s, 0, now(), r from head, unnest($1::uuid[], $2::int[], $3::text[], $4::json[]) with ordinality x(s, v, t, r, n) returning position`,
        [all.map((it) => it.stream), all.map((it) => it.version), all.map((it) => it.type), all.map((it) => it.text)],
      );
      return Number(rows.at(-1)?.['position']);
    });

  /** Stores received events after the head, as `receive` would. */
  const receive = (told: readonly Told[]): Promise<void> =>
    underLock(async (query) => {
      for (const it of told) {
        const { type, text } = textOf(AccountEvent, 'bank', it);
        await query(
          `insert into received (seq, after, received_at, source, epoch, source_position, type, key, record)
           select coalesce(max(seq), 0) + 1, (select coalesce(max(position), 0) from events), now(), 'bank', 'e', coalesce(max(seq), 0) + 1, $1, $2, $3 from received`,
          [type, it.stream, text],
        );
      }
    });

  /** What a fold of everything from the start gives. */
  const folded = async (view: AnyView): Promise<Map<string, Row>> => {
    const client = await pool.connect();
    try {
      const contracts = contractsOf(definition);
      const entries = await readRecorded(client, beginning, 1_000_000, [...contracts.payloads.keys()]);
      const rows = fold(view, new Map(), interpret(entries, beginning, contracts, readRecord).events);
      return new Map([...rows].flatMap(([key, { row }]) => (row ? [[key, JSON.parse(JSON.stringify(row)) as Row]] : [])));
    } finally {
      client.release();
    }
  };

  const shown = async (view: AnyView): Promise<Map<string, Row>> => {
    const { rows } = await pool.query<{ key: string; row: Row }>(`select key::text, row from ${view.options.table}`);
    return new Map(rows.map(({ key, row }) => [key, row]));
  };

  /** An executor in the small: a stored key has no second effect; each command appends one OrderPaid. */
  const pay: Execute = async (_, method, command, { subject, idempotencyKey }) => {
    const { orderId, amount } = command as { orderId: string; amount: string };
    const key = Buffer.from(`${subject} ${idempotencyKey}`);
    if (method !== 'payOrder') throw new Error(method);
    return underLock(async (query) => {
      const { rows: known } = await query('select position from commands where key = $1', [key]);
      if (known[0]) return { position: known[0]['position'] as string };
      const { rows } = await query('select max(version) + 1 as v from events where stream_id = $1', [orderId]);
      const told = { stream: orderId, version: Number(rows[0]?.['v']), event: { orderPaid: { amount } } };
      const { type, text } = textOf(OrderEvent, 'shop', told);
      const { rows: done } = await query(
        `insert into events (position, stream_id, version, type, key, partition, recorded_at, record)
         select coalesce(max(position), 0) + 1, $1, $2, $3, $1, 0, now(), $4 from events returning position`,
        [orderId, told.version, type, text],
      );
      const position = done[0]?.['position'] as string;
      await query('insert into commands (key, hash, position, answer) values ($1, $1, $2, $3)', [key, position, '']);
      return { position };
    });
  };

  return { pool, append, receive, folded, shown, pay, ensure, end: () => pool.end() };
};
