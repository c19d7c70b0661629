import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { samePlace, type Place } from './recorded.js';
import { Rejection } from './rejection.js';
import { generations } from './view.ensure.js';

/** A row that is not the same in both generations. */
export interface Difference {
  readonly key: string;
  /** `MISSING`: only the live one has it. `EXTRA`: only the other has it. */
  readonly kind: 'DIFFERENT' | 'MISSING' | 'EXTRA';
  /** Names of the top-level fields that differ, never what they hold; of a row that both have. */
  readonly fields: readonly string[];
}

/** The live generation of a view against the full one that waits, both at one place. */
export interface Compared extends Place {
  readonly live: string;
  readonly other: string;
  /** Rows of the live one. */
  readonly rows: number;
  readonly equal: number;
  readonly different: number;
  readonly missing: number;
  readonly extra: number;
  /** By key. */
  readonly differences: readonly Difference[];
}

const patienceMs = 3_000;

const connect = async (url: string): Promise<Client> => {
  const client = new Client({ connectionString: url, application_name: 'guanxi-compare', options: '-c jit=off' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

// One that is not the same text may still be the same JSON: a fold that goes through the table puts fields in another order.
const paired = (live: string, other: string): string => /* sql */ `
  select coalesce(o.key, n.key) as key, o.row as o, n.row as n,
      case when o.key is null then 'EXTRA' when n.key is null then 'MISSING'
        when o.row::text = n.row::text or o.row::jsonb = n.row::jsonb then 'EQUAL' else 'DIFFERENT' end as kind
    from ${live} o full join ${other} n on o.key = n.key`;

const fields = /* sql */ `
  array(select coalesce(a.key, b.key) from jsonb_each(o::jsonb) a full join jsonb_each(n::jsonb) b on a.key = b.key
    where a.value is distinct from b.value order by 1)`;

const compareRows = async (client: Client, live: string, other: string, limit: number): Promise<Omit<Compared, keyof Place | 'live' | 'other'>> => {
  const { rows } = await client.query<{ kind: string; n: string }>(`select kind, count(*) as n from (${paired(live, other)}) x group by kind`);
  const [equal, different, missing, extra] = ['EQUAL', 'DIFFERENT', 'MISSING', 'EXTRA'].map((kind) =>
    Number(rows.find((it) => it.kind === kind)?.n ?? 0),
  ) as [number, number, number, number];
  const text = `select key::text, kind, case when kind = 'DIFFERENT' then ${fields} else '{}' end as fields
    from (${paired(live, other)}) x where kind <> 'EQUAL' order by x.key limit $1`;
  const differences = different + missing + extra > 0 && limit > 0 ? (await client.query<Difference>(text, [limit])).rows : [];
  return { rows: equal + different + missing, equal, different, missing, extra, differences };
};

const placeOf = async (client: Client, name: string, lock = ''): Promise<Place | undefined> => {
  const text = `select position, seq from checkpoints where name = $1 and state in ('live', 'filled') ${lock}`;
  const [found] = (await client.query<{ position: string; seq: string }>(text, [name])).rows;
  return found && { position: Number(found.position), seq: Number(found.seq) };
};

/** Waits, with the live checkpoint held, until the other one stands where it stands. */
const meet = async (holding: Client, live: string, other: string): Promise<Place | undefined> => {
  const place = await placeOf(holding, live, 'for update');
  for (const end = performance.now() + patienceMs; place && performance.now() < end; await pause(5)) {
    const found = await placeOf(holding, other);
    if (!found) return undefined;
    if (samePlace(found, place)) return place;
  }
  return undefined;
};

/**
 * Compares the rows of a view's live generation with those of the full one that waits: at one place, which is held for a moment; the
 * comparison itself reads a snapshot and holds up nobody.
 * @param url the application's role
 * @param hurry wakes the projector that keeps the full one up
 * @throws Rejection rebuild-not-full, rebuild-busy
 */
export const compareGenerations = async (url: string, view: string, limit: number, hurry: () => void): Promise<Compared> => {
  const holding = await connect(url);
  const reading = await connect(url).catch(async (error: unknown) => {
    await holding.end();
    throw error;
  });
  try {
    const all = await generations(holding, view);
    const live = all.find((it) => it.state === 'live')?.name ?? '';
    const other = all.find((it) => it.state === 'filled')?.name;
    const detail = 'Only a full generation that waits can be compared: begin a rebuild with `compare`, and ask once its state is FILLED.';
    if (other === undefined) throw new Rejection('rebuild-not-full', 'conflict', detail);
    // The lock before the snapshot: nobody drops a table from now on, and the snapshot is not older than what is held.
    await reading.query(`begin isolation level repeatable read read only; set local transaction_timeout = '10min'`);
    await reading.query(`lock table ${live}, ${other} in access share mode`);
    await holding.query(`begin; set local lock_timeout = '2s'; set local transaction_timeout = '10s'`);
    hurry();
    const place = await meet(holding, live, other);
    if (!place) throw new Rejection('rebuild-busy', 'unavailable', 'The two generations did not come to one place. Try again.');
    await reading.query('select');
    await holding.query('rollback');
    return { live, other, ...place, ...(await compareRows(reading, live, other, limit)) };
  } finally {
    await Promise.all([holding.end(), reading.end()]);
  }
};
