import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Pool } from 'pg';
import type { Epoch } from '@guanxi/event-sourcing/epochs';
import type { Foreign } from '@guanxi/messaging/start.check';
import { Trouble } from '../trouble.ts';
import { placeOf, type Place } from './epoch.database.ts';
import type { Verb } from './verb.ts';

const root = join(import.meta.dirname, '../..');
/** Of each partition of the topic. */
const lookedAt = 1_000;
const patienceMs = 15_000;

const usage = `epoch <service> [--yes] [--database URL]
  After the restore of a service's database, before the service starts: begins a new epoch, whose base is the last position that the
  restored history has. Subscribers then go back to it, and take what comes after it. Without --yes it only says what it found.
  The database is that of this machine's data folder (its PostgreSQL is started for the while), else --database or GUANXI_OWNER_URL;
  then GUANXI_BUS_URL or GUANXI_KAFKA_* say, as for the service, which bus it is compared with.`;

interface History {
  readonly epochs: readonly Epoch[];
  readonly head: number;
  readonly last: Date | null;
}

const read = async (pool: Pool, service: string): Promise<History> => {
  const { listEpochs } = await import('@guanxi/event-sourcing/epochs');
  const { rows } = await pool.query<{ head: number; last: Date | null; source: string | null }>(
    `select coalesce(max(position), 0) as head, max(recorded_at) as last, max(record->>'source') as source
     from (select * from events order by position desc limit 1) e`,
  );
  const source = rows[0]?.source;
  if (source && source !== `/guanxi/${service}`) throw new Trouble(`This database holds the history of ${source.replace('/guanxi/', '')}.`);
  return { epochs: await listEpochs(pool), head: Number(rows[0]?.head), last: rows[0]?.last ?? null };
};

/** What the topic's end holds and the history does not; undefined where nobody can tell. */
const compare = async (pool: Pool, { openBus }: Place, service: string): Promise<Foreign[] | undefined> => {
  const { foreignTail } = await import('@guanxi/messaging/start.check');
  if (!openBus) return undefined;
  const bus = await openBus().catch(() => undefined);
  if (!bus) return undefined;
  try {
    return await foreignTail(pool, bus, service, lookedAt, patienceMs);
  } catch {
    return undefined;
  } finally {
    await bus.close();
  }
};

const count = (n: number): string => n.toLocaleString('en');

const lossOf = (service: string, head: number, foreign: readonly Foreign[] | undefined): string => {
  if (!foreign) return 'The topic cannot be looked at: nobody can say here what the restore undid.';
  if (foreign.length === 0) return 'The topic holds nothing that this history lacks: as far as it shows, no new epoch is needed.';
  const beyond = foreign.map(({ position }) => position).sort((a, b) => a - b);
  const last = Math.max(...foreign.map(({ at }) => at));
  return `The topic holds ${count(beyond.length)} records that this history lacks, positions ${beyond[0]} to ${beyond.at(-1)}; the last one was
sent at ${new Date(last).toISOString()}. They have not happened: every subscriber goes back to position ${head} and reports those that
it had taken. ${service} gives their positions anew.`;
};

/** Where the base would be too high: subscribers would never hear what stands at those positions now. */
const demandUntouched = (head: number, foreign: readonly Foreign[] = []): void => {
  const other = foreign.find(({ position }) => position <= head);
  if (other)
    throw new Trouble(`Position ${other.position} of the topic is another record than this history's: something was appended after the restore.
Restore again, and begin the epoch before the service starts.`);
};

const epoch = async (service: string, place: Place, yes: boolean): Promise<number> => {
  const { openPool } = await import('@guanxi/event-sourcing/pool');
  const { beginEpoch } = await import('@guanxi/event-sourcing/epochs');
  const pool = openPool(place.databaseUrl, { name: 'history-epoch', max: 2 });
  try {
    const { epochs, head, last } = await read(pool, service);
    const present = epochs.at(-1);
    if (!present) throw new Trouble(`The database holds no history: ${service} has never started on it.`);
    const foreign = await compare(pool, place, service);
    console.log(
      `${service}: epoch ${present.id} (base ${present.base}), the history ends at position ${head}${last ? `, ${last.toISOString()}` : ''}.`,
    );
    console.log(lossOf(service, head, foreign));
    demandUntouched(head, foreign);
    if (!yes) {
      console.log(`\nNothing was changed. To begin a new epoch with base ${head}: npm run history -- epoch ${service} --yes`);
      return 1;
    }
    const begun = await beginEpoch(pool, head);
    console.log(`\nA new epoch has begun: ${begun.id}, base ${begun.base}. ${service} can start; a restarted house tries by itself.`);
    return 0;
  } finally {
    await pool.end();
  }
};

export const verb: Verb = {
  usage,
  run: async (args) => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { database: { type: 'string' }, yes: { type: 'boolean', default: false } },
    });
    const [service] = positionals;
    if (service === undefined || positionals.length > 1) throw new Trouble('Name one service: npm run history -- epoch accounts');
    if (!existsSync(join(root, 'libs/messaging/dist/start.check.js'))) throw new Trouble('The house is not built yet. Start once: npm start.');
    const place = await placeOf(service, values.database);
    try {
      return await epoch(service, place, values.yes);
    } catch (error) {
      throw error instanceof Trouble ? error : new Trouble(`The database cannot be used: ${(error as Error).message}`);
    } finally {
      await place.close();
    }
  },
};
