import type { Pool } from 'pg';
import type { Outcome } from './batch.js';
import type { FillLimits } from './fill.js';
import { contractsOf } from './interpret.js';
import { neighbours } from './neighbours.js';
import type { Execute } from './policies.js';
import { progress } from './progress.js';
import { startProjector } from './projector.js';
import { readRecord } from './record.js';
import { endOfRecorded } from './recorded.js';
import { rowsOf, type Rows } from './rows.js';
import { repairs, type Repairs } from './repairs.js';
import { policyBegins, type Run } from './runs.js';
import type { ServiceDefinition } from './service.js';
import { settledBy, type Settled } from './settled.js';
import { startTicker } from './ticker.js';
import type { Upcasters } from './upcast.js';
import type { AnyView } from './view.js';

/** What a service's read side needs. */
export interface ViewsOptions {
  readonly definition: ServiceDefinition;
  /** The application's role, for connections of the workers' own: two that fold, and one that listens. */
  readonly url: string;
  /** The same role's, for single statements. */
  readonly pool: Pool;
  /** Executes commands of policies and timers. */
  readonly execute: Execute;
  readonly upcasters?: Upcasters;
  /** How generations that are far behind are filled; memory, mostly. */
  readonly filling?: Partial<FillLimits>;
  /** Neither message nor fields hold personal data. */
  readonly warn?: (message: string, fields: Readonly<Record<string, unknown>>) => void;
  /** After each batch that moved live views: what was folded, and into which. */
  readonly onFolded?: (batch: Pick<Outcome, 'events' | 'moved' | 'began'>) => void;
}

/** One part of a process's health. */
export interface ViewHealth {
  readonly name: string;
  readonly ready: boolean;
  readonly lagMs: number;
  readonly reason: string | undefined;
  /** It stands still until somebody says that it may go on: what failed cannot be parked, or too much of it. */
  readonly stopped: boolean;
  /** Keys of its live generation that are passed over; the rest is up to date. */
  readonly parked: number;
}

/** A service's views, policies and timers at work in this process. */
export interface Views extends Settled, Rows {
  /** This process appended up to here: `appender.onAppend(views.appended)`. Other processes are told. */
  appended(head: number): void;
  /** Something was received. */
  received(): void;
  /** Generations were begun, paused, dropped: looks at once, not at the next poll. */
  lookUp(): Promise<void>;
  health(): readonly ViewHealth[];
  /** Keys that are parked, and views that stopped. */
  readonly repairs: Repairs;
  /** Ends after the batches that are under way. */
  stop(): Promise<void>;
}

// Whoever appended folds it soonest; another process waits this long for it before it tries.
const neighbourMs = 20;

// A batch costs more than the few events in it, so they gather a little where no command waits for them.
const gatherMs = 5;

const reasonOf = (view: AnyView, run: Run | undefined, version: number | undefined): string | undefined => {
  if (run) return run.stopped ?? run.stuck ?? (run.filling ? 'is being filled' : undefined);
  if (version === undefined) return 'has no table';
  return version > view.options.version ? `version ${version} of a newer build is live` : `version ${version} of an older build is live`;
};

const parkedIn = (run: Run | undefined): number => (run?.filling === false ? run.parked : 0);
const saidOf = (parked: number): string | undefined => (parked > 0 ? `${parked} ${parked === 1 ? 'key' : 'keys'} parked` : undefined);

/** Starts folding; `ensureViews` has been run. Nothing waits for the views to catch up: `health` tells. */
export const startViews = async (options: ViewsOptions): Promise<Views> => {
  const { definition, url, pool, execute, upcasters = {}, warn = () => undefined } = options;
  const known = progress();
  const deciderOf = (commands: string) => {
    const found = definition.deciders.find((it) => it.commands.typeName === commands);
    if (!found) throw new Error(`${definition.name} has no decider of ${commands}`);
    return found;
  };
  const begins = await policyBegins(pool, definition);
  const { position: start } = await endOfRecorded(pool);
  known.grown(start);
  const surroundings = { pool, contracts: contractsOf(definition), read: (text: string) => readRecord(text, upcasters), execute, deciderOf, begins };
  const ticker = startTicker({ pool, execute, deciderOf, warn });
  const projector = await startProjector({
    ...{ definition, url, pool, surroundings, progress: known, warn, filling: options.filling },
    onMoved: (views, outcome) => {
      others.moved(views, outcome.to.position, outcome.then);
      if (outcome.timers > 0) ticker.wake();
      options.onFolded?.(outcome);
    },
  });
  const others = neighbours(pool, url, {
    moved: (view, position, then) => known.report(view, position, then),
    grew: (head) => {
      const at = performance.now();
      if (head !== undefined) known.grown(head);
      const look = (): void => {
        const lacks = head === undefined || definition.views.some((it) => known.held(it.options.table) < head);
        if (lacks && projector.lastBegan() < at) projector.wake();
      };
      setTimeout(look, neighbourMs).unref();
    },
  });
  let gathering: NodeJS.Timeout | undefined;
  const soon = (): void => {
    gathering ??= setTimeout(() => {
      gathering = undefined;
      projector.wake();
    }, gatherMs);
  };
  const runOf = (view: string): Run | undefined => {
    const runs = projector.found().runs.filter((it) => it.view.options.table === view);
    return runs.find((it) => !it.filling) ?? runs[0];
  };
  const settled = settledBy({
    definition,
    progress: known,
    stopped: (view) => runOf(view)?.stopped !== undefined,
    hurry: () => projector.wake(),
    lookUp: () => void projector.lookUp().catch(() => undefined),
  });
  const changed = async (): Promise<void> => {
    await projector.lookUp();
    projector.wake();
  };
  return {
    ...rowsOf(pool),
    repairs: repairs({ definition, url, pool, surroundings, changed }),
    settled: (...it) => settled.settled(...it),
    appended: (head) => {
      known.grown(head);
      soon();
      others.grew(head);
    },
    received: soon,
    lookUp: () => projector.lookUp(),
    health: () =>
      definition.views.map((view) => {
        const name = view.options.table;
        const live = projector.found().live.get(name);
        const run = runOf(name);
        const lame = reasonOf(view, run, live?.version) ?? (known.held(name) < start ? 'catching up' : undefined);
        const newer = !run && (live?.version ?? 0) > view.options.version;
        const ready = lame === undefined || newer;
        const parked = parkedIn(run);
        const reason = lame ?? saidOf(parked);
        return { name: `view ${name}`, ready, lagMs: Math.round(known.lagMs(name)), reason, stopped: run?.stopped !== undefined, parked };
      }),
    stop: async () => {
      clearTimeout(gathering);
      settled.close();
      await Promise.all([projector.stop(), ticker.stop(), others.close()]);
    },
  };
};
