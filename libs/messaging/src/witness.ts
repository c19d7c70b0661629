import type { Pool } from 'pg';
import { provesConsistency } from '@guanxi/event-sourcing/merkle.proof';
import { parseNote, signedBy, type VerifierKey } from '@guanxi/event-sourcing/note';
import { startWorker } from '@guanxi/event-sourcing/worker';
import type { Batch, EventBus, Subscription } from './bus.js';
import { checkpointsTopic, heardCheckpoint, type Heard } from './checkpoints.topic.js';
import type { Part } from './steps.js';

/** How a witness asks the service whose checkpoints it keeps. */
export interface WitnessedOwner {
  /** The public keys; undefined where no such service is known here. @throws where it is away */
  keys(service: string): Promise<readonly VerifierKey[] | undefined>;
  /** The path that proves that the tree of `to` events begins with that of `from`. @throws where it is away */
  consistency(service: string, from: number, to: number): Promise<readonly Buffer[]>;
}

/** What a witness works with. */
export interface WitnessOptions {
  readonly pool: Pool;
  readonly bus: EventBus;
  /** The own service: its checkpoints are not kept. Its replicas share the work. */
  readonly service: string;
  readonly namespace: string;
  readonly owner: WitnessedOwner;
  readonly onError?: (error: unknown) => void;
  /** A checkpoint contradicts what was heard before; told once. */
  readonly onFault?: (origin: string, size: number, fault: string) => void;
  /** How often what was heard is looked at; 10,000 ms. */
  readonly checkMs?: number;
}

/** A witness at work. */
export interface Witness {
  health(): Part;
  stop(): Promise<void>;
}

interface Trusted {
  readonly size: number | string;
  readonly root: Buffer;
}

const keep = `insert into witnessed (origin, size, root, note, fault)
  select $1::text, $2::bigint, $3::bytea, $4::text,
         case when exists (select from witnessed where origin = $1 and size = $2 and root <> $3) then 'another root was heard for this size' end
  on conflict do nothing returning fault`;
const trusted = `select size, root from witnessed where origin = $1 and checked_at is not null and fault is null order by size desc limit 1`;
const settle = `update witnessed set checked_at = clock_timestamp(), fault = $4 where origin = $1 and size = $2 and root = $3`;

const signatureFault = ({ note }: Heard, keys: readonly VerifierKey[]): string => {
  try {
    return signedBy(parseNote(note), keys).length === 0 ? 'no key of the service signed it' : '';
  } catch {
    return 'its signature is wrong';
  }
};

/** What is wrong with a checkpoint, seen from the last one that was found good; '' for nothing. */
const growthFault = async (it: Heard, before: Trusted | undefined, owner: WitnessedOwner): Promise<string> => {
  const known = Number(before?.size ?? 0);
  if (!before || known === it.size) return before?.root.equals(it.root) === false ? 'another root was heard for this size' : '';
  const [from, to] = known < it.size ? [{ ...before, size: known }, it] : [it, { ...before, size: known }];
  const path = await owner.consistency(it.of.service, from.size, to.size);
  const proven = provesConsistency(from.size, to.size, path, from.root, to.root);
  return proven ? '' : `it is not of the history whose checkpoint of ${known} events was heard`;
};

/**
 * Starts a witness: it keeps every checkpoint of the other services, and looks now and then whether the newest one continues the last
 * that it found good. What contradicts is kept too, with what is wrong: it is the proof.
 */
export const startWitness = (options: WitnessOptions): Witness => {
  const { pool, bus, service, namespace, owner, checkMs = 10_000, onError = () => undefined, onFault = () => undefined } = options;
  let subscription: Subscription | undefined;
  let faults = 0;
  /** The newest of each origin that was heard since the last look. */
  const fresh = new Map<string, Heard>();

  const hear = async (it: Heard): Promise<void> => {
    const { rows } = await pool.query<{ fault: string | null }>(keep, [it.origin, it.size, it.root, it.note]);
    if (rows[0]?.fault) onFault(it.origin, it.size, rows[0].fault);
    else if (it.size >= (fresh.get(it.origin)?.size ?? 0)) fresh.set(it.origin, it);
  };
  const handle = async ({ records }: Batch): Promise<void> => {
    const heard = records.flatMap((it) => heardCheckpoint(it) ?? []).filter(({ of }) => of.namespace === namespace && of.service !== service);
    for (const it of heard) await hear(it);
  };

  const check = async (it: Heard): Promise<void> => {
    const keys = await owner.keys(it.of.service);
    const { rows } = await pool.query<Trusted>(trusted, [it.origin]);
    const fault = keys ? signatureFault(it, keys) || (await growthFault(it, rows[0], owner)) : '';
    if (fresh.get(it.origin) === it) fresh.delete(it.origin);
    if (!keys) return;
    await pool.query(settle, [it.origin, it.size, it.root, fault || null]);
    if (fault !== '') onFault(it.origin, it.size, fault);
  };

  const step = async (): Promise<boolean> => {
    if (!subscription) {
      await bus.ensureTopic(checkpointsTopic, 1);
      subscription = await bus.consume(`${service}-witness`, [checkpointsTopic], handle, onError);
    }
    // One service that is away holds up no other.
    const done = await Promise.allSettled([...fresh.values()].map(check));
    done.forEach((it) => it.status === 'rejected' && onError(it.reason));
    const { rows } = await pool.query<{ n: number | string }>('select count(*) as n from witnessed where fault is not null');
    faults = Number(rows[0]?.n);
    return false;
  };
  const worker = startWorker(step, { pollMs: checkMs, onError });
  return {
    health: () => ({
      name: 'witness',
      ready: true,
      lagMs: 0,
      reason: faults > 0 ? `${faults} checkpoint${faults === 1 ? '' : 's'} of other services contradict what was heard before` : '',
    }),
    stop: async () => {
      await worker.stop();
      await subscription?.close();
    },
  };
};
