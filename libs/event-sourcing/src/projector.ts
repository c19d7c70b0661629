import type { Pool } from 'pg';
import { batch, type Filling, type Outcome, type Surroundings } from './batch.js';
import { dedicated } from './dedicated.js';
import { filler, type FillLimits } from './fill.js';
import type { Ahead } from './page.js';
import { Breaker, stopView } from './parked.js';
import type { Progress } from './progress.js';
import { ViewFault } from './projection.js';
import { samePlace } from './recorded.js';
import { findRuns, type Found, type Run } from './runs.js';
import type { ServiceDefinition } from './service.js';
import { fillingBounds } from './view.fill.js';
import { startWorker } from './worker.js';

/** What folding a service's views needs. */
export interface ProjectorOptions {
  readonly definition: ServiceDefinition;
  /** The application's role. */
  readonly url: string;
  readonly pool: Pool;
  readonly surroundings: Surroundings;
  readonly progress: Progress;
  readonly filling?: Partial<FillLimits> | undefined;
  /** After each batch that moved live views, named by their tables. */
  readonly onMoved: (views: readonly string[], outcome: Outcome) => void;
  /** Neither message nor fields hold personal data. */
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** Folds a service's views in this process; any number of processes may, each batch is done by one of them. */
export interface Projector {
  wake(): void;
  /** Asks the database how far the views are, since others may fold them. */
  lookUp(): Promise<void>;
  found(): Found;
  /** When the last batch of the views that are up to date began, by `performance.now()`. */
  lastBegan(): number;
  /** Ends after the batches that are under way. */
  stop(): Promise<void>;
}

const limits = { together: 1_000, alone: 2_000 };
const farBehind = 5_000;
const mostTries = 3;
const pauseMs = 100;
const takenMs = 10;
const pollMs = 2_000;
const lookUpEveryMs = 1_000;

const nameOf = (run: Run): string => run.view.options.table;
// Somebody reads the view that would be swapped, or folds the one that is live.
const isBusy = (error: unknown): boolean => (error as { code?: unknown }).code === '55P03';
/** The last try of a projection that is to blame parks what fails. */
const parks = (loop: keyof typeof limits, [run]: readonly Run[]): number | undefined =>
  loop === 'alone' && run && run.tries >= mostTries - 1 ? mostTries : undefined;
const later = (act: () => void, ms: number): void => void setTimeout(act, ms).unref();

/**
 * Starts two loops: one folds all views that are up to date together, reading and parsing each event once; the other one at a
 * time those that are far behind, being filled, or to blame for a failure, so that they hold up nobody.
 */
export const startProjector = async (options: ProjectorOptions): Promise<Projector> => {
  const { definition, url, pool, surroundings, progress, onMoved, warn } = options;
  const connections = { together: dedicated(url, 'guanxi-projector'), alone: dedicated(url, 'guanxi-projector-alone') };
  let found: Found = { runs: [], live: new Map() };
  const fill = filler({ url, around: surroundings, limits: options.filling, together: () => found.runs.filter((it) => it.filling).length, warn });
  const aheads: { [loop in keyof typeof limits]?: Ahead | undefined } = {};
  let lookedUp = 0;
  let began = 0;
  let turn = 0;
  let idle = 0;

  const lookUp = async (): Promise<void> => {
    lookedUp = performance.now();
    found = await findRuns(pool, definition, found.runs);
    for (const [view, { position }] of found.live) progress.report(view, position);
  };

  /** Until somebody says that it may go on; all processes see it. */
  const stop = async (run: Run, reason: string): Promise<void> => {
    run.stopped = reason;
    warn('view stopped', { view: run.projection.table.name, reason });
    await stopView(pool, run.projection.table.name, reason).catch(() => undefined);
  };

  const blame = async ({ projection, message }: ViewFault | Breaker): Promise<void> => {
    const run = found.runs.find((it) => it.projection === projection);
    if (!run) return;
    run.alone = true;
    run.notBefore = performance.now() + pauseMs * 2 ** run.tries;
    // The last try parks what fails: what fails even then cannot be parked.
    if (++run.tries >= mostTries) await stop(run, message);
  };

  const warnOf = ({ moved, parked, unreadable, rejected }: Outcome): void => {
    if (parked > 0) warn('keys parked', { view: moved[0]?.table.name, count: parked });
    if (unreadable > 0) warn('received records passed over', { count: unreadable });
    if (rejected > 0) warn('commands of policies refused', { count: rejected });
  };

  const step = async (loop: keyof typeof limits, runs: readonly Run[], filling?: Filling): Promise<Outcome | undefined> => {
    const client = await connections[loop].get();
    const ahead = aheads[loop];
    aheads[loop] = undefined;
    const projections = runs.map((it) => it.projection);
    try {
      const outcome = await batch(client, projections, { limit: limits[loop], ahead, filling, park: parks(loop, runs) }, surroundings);
      aheads[loop] = outcome.ahead;
      for (const run of runs) run.stuck = outcome.stuck;
      for (const run of runs) if (outcome.moved.includes(run.projection)) run.tries = 0;
      warnOf(outcome);
      return outcome;
    } catch (error) {
      if (error instanceof ViewFault || error instanceof Breaker) await blame(error);
      else if (filling && isBusy(error)) for (const run of runs) run.notBefore = performance.now() + pauseMs;
      else throw error;
      return undefined;
    }
  };

  const tell = (outcome: Outcome): void => {
    const { places, moved, from, to, then } = outcome;
    const names = moved.map((it) => it.view.options.table);
    for (const [{ view }, { position }] of places) progress.report(view.options.table, position);
    for (const name of names) progress.report(name, to.position, then, from.position);
    if (names.length > 0) onMoved(names, outcome);
  };

  /** Views that came too far apart to be read together go on alone. */
  const part = (runs: readonly Run[], { places }: Outcome): void => {
    const furthest = Math.max(...[...places.values()].map((it) => it.position));
    for (const run of runs) run.alone = furthest - (places.get(run.projection)?.position ?? furthest) > farBehind;
  };

  /** What to do about views that another process holds. */
  const yieldTo = async (runs: readonly Run[]): Promise<void> => {
    if (runs.length > 0 && performance.now() - lookedUp > lookUpEveryMs) await lookUp();
    // It may have read before the newest event was there.
    if (runs.some((it) => progress.lagMs(nameOf(it)) > 0)) later(() => workers.together.wake(), takenMs);
  };

  const stepTogether = async (): Promise<boolean> => {
    const runs = found.runs.filter((it) => !it.alone && !it.stopped);
    if (runs.length === 0) return false;
    began = performance.now();
    const outcome = await step('together', runs);
    if (outcome) {
      tell(outcome);
      part(runs, outcome);
      await yieldTo(runs.filter((it) => !outcome.places.has(it.projection)));
    }
    if (found.runs.some((it) => it.alone)) workers.alone.wake();
    return outcome?.more ?? true;
  };

  const foldAlone = async (run: Run): Promise<boolean> => {
    if (run.filling && (await fill.stretch(await connections.alone.get(), run))) return true;
    const { table, reactions } = run.projection;
    const filling = run.filling ? fillingBounds(nameOf(run), table.name, limits.alone, reactions.size > 0) : undefined;
    const outcome = await step('alone', [run], filling);
    if (!outcome) return true;
    const atEnd = outcome.places.size > 0 && !outcome.more && !outcome.stuck;
    if (outcome.parked > 0) await lookUp();
    if (!run.filling) {
      tell(outcome);
      run.alone = !atEnd;
    }
    if (outcome.places.size === 0 || outcome.swapped) await lookUp();
    workers.together.wake();
    return !samePlace(outcome.from, outcome.to);
  };

  const stepAlone = async (): Promise<boolean> => {
    const waiting = found.runs.filter((it) => it.alone && !it.stopped);
    const due = waiting.filter((it) => it.notBefore <= performance.now());
    const run = due[turn++ % due.length];
    if (run) {
      // Generations that have nothing to do must not keep each other awake.
      idle = (await foldAlone(run)) ? 0 : idle + 1;
      return idle < due.length;
    }
    if (waiting.length > 0) later(() => workers.alone.wake(), pauseMs);
    return false;
  };

  /** A generation may have been begun, paused or dropped by anybody. */
  const look = async (): Promise<boolean> => {
    await lookUp();
    workers.alone.wake();
    return false;
  };

  await lookUp();
  const onError = (error: unknown): void => warn('projector failed, tries again', { error: error instanceof Error ? error.name : 'unknown' });
  const pace = { pollMs: pollMs * (0.75 + Math.random() / 2), onError };
  const workers = {
    together: startWorker(stepTogether, pace),
    alone: startWorker(stepAlone, pace),
    look: startWorker(look, { ...pace, pollMs: lookUpEveryMs }),
  };
  return {
    wake: () => workers.together.wake(),
    lookUp: async () => void (await look()),
    found: () => found,
    lastBegan: () => began,
    stop: async () => {
      fill.stop();
      await Promise.all(Object.values(workers).map((it) => it.stop()));
      await Promise.all([connections.together.end(), connections.alone.end()]);
    },
  };
};
