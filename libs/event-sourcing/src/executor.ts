import type { Advice } from './advice.js';
import type { Appender } from './appender.js';
import type { Caller, Committed } from './caller.js';
import type { AnyDecider } from './decider.js';
import { casesOf } from './fold.js';
import { takeTurn, type Done, type Job, type LaneParts } from './lane.js';
import type { Load } from './loader.js';
import type { Lookups } from './lookups.js';
import type { Seal } from './record.js';
import { Rejection } from './rejection.js';
import type { Rows } from './rows.js';
import type { Settled } from './settled.js';
import type { Snapshots } from './snapshots.js';
import { states } from './states.js';
import type { Upcasters } from './upcast.js';
import { surroundingOf, wishOf } from './wish.js';

export type { Caller, Committed } from './caller.js';

/** What an executor works with. */
export interface ExecutorOptions {
  /** The service's name, the source of its records: `accounts`. */
  readonly service: string;
  /** The installation's namespace, a UUID: ids of things with an external reference come from it. */
  readonly namespace: string;
  /** Of the service's topic, for ever. */
  readonly partitions?: number;
  readonly appender: Pick<Appender, 'append'>;
  readonly load: Load;
  readonly lookups: Lookups;
  readonly snapshots: Pick<Snapshots, 'offer'>;
  readonly views: Rows & Settled;
  readonly advice?: readonly Advice[];
  readonly upcasters?: Upcasters;
  readonly seal?: Seal;
  /** How many folded streams are remembered. */
  readonly remembered?: number;
  /** How many commands may be under way; more are refused with `overloaded`. */
  readonly most?: number;
}

/** Executes commands: load, decide, append, answer. */
export interface Executor {
  /**
   * Executes one command, valid plain JSON with defaults filled in (kit.md §1), and answers when the service's own views hold it.
   * @throws Rejection as the rules say, and whatever is a fault of ours
   */
  execute(decider: AnyDecider, method: string, command: unknown, caller: Caller): Promise<Committed>;
  /** Refuses what comes and ends when what is under way is answered. */
  close(): Promise<void>;
}

const settleMs = 1_000;

/** The executor of a service in this process. */
export const executor = (options: ExecutorOptions): Executor => {
  const { service, namespace, partitions = 24, upcasters = {}, advice = [], remembered = 20_000, most = 4_096, lookups, views } = options;
  const parts: LaneParts = { ...options, states: states(remembered), recording: { service, partitions, upcasters } };
  const lanes = new Map<string, Job[]>();
  const underWay = new Set<Promise<Done>>();
  let closed = false;

  const adviceOf = (decider: AnyDecider, method: string): readonly Advice[] =>
    advice.filter((it) => it.method === method && it.commands.typeName === decider.commands.typeName);

  const enqueue = (job: Job): void => {
    const { id } = job.wish;
    const lane = lanes.get(id);
    if (lane) return void lane.push(job);
    const jobs = [job];
    lanes.set(id, jobs);
    const run = async (): Promise<void> => {
      while (jobs.length > 0) await takeTurn(jobs, parts);
      lanes.delete(id);
    };
    void run();
  };

  const commit = (decider: AnyDecider, method: string, command: unknown, caller: Caller): Promise<Done> =>
    new Promise<Done>((resolve, reject) => {
      const wish = wishOf(namespace, decider, method, command, caller);
      const surrounding = surroundingOf(wish, lookups, views, adviceOf(decider, method));
      const job: Job = { wish, ready: surrounding.then((it) => (job.surrounding = it)), surrounding: undefined, tries: 0, resolve, reject };
      job.ready.catch(() => undefined);
      enqueue(job);
    });

  return {
    execute: async (decider, method, command, caller) => {
      if (closed) throw new Rejection('stopping', 'unavailable', 'The service is stopping.');
      if (underWay.size >= most) throw new Rejection('overloaded', 'exhausted', 'Too many commands are under way.');
      const done = commit(decider, method, command, caller);
      underWay.add(done);
      const { committed, types } = await done.finally(() => underWay.delete(done));
      const touched = types ?? [...casesOf(decider.events).keys()];
      // It is done, whatever became of the views.
      if (caller.wait && touched.length > 0) await views.settled(touched, Number(committed.position), settleMs).catch(() => undefined);
      return committed;
    },
    close: async () => {
      closed = true;
      await Promise.allSettled(underWay);
    },
  };
};
