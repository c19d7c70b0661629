import type { Outcome } from './append.call.js';
import type { Appender } from './appender.js';
import { firstAnswer, keptRefusal, keyReused } from './answers.js';
import type { Committed } from './caller.js';
import { decision, entryOf, type Decision, type Recording } from './decision.js';
import type { Folded, Load } from './loader.js';
import type { Lookups } from './lookups.js';
import type { Seal } from './record.js';
import { Rejection } from './rejection.js';
import type { Snapshots } from './snapshots.js';
import type { States } from './states.js';
import type { Surrounding, Wish } from './wish.js';

/** What lanes work with. */
export interface LaneParts {
  readonly appender: Pick<Appender, 'append'>;
  readonly load: Load;
  readonly lookups: Lookups;
  readonly snapshots: Pick<Snapshots, 'offer'>;
  readonly states: States;
  readonly recording: Recording;
  readonly seal?: Seal;
}

/** An answer, and the full names of the events that were appended for it; undefined where they are not known. */
export interface Done {
  readonly committed: Committed;
  readonly types: readonly string[] | undefined;
}

/** A wish on its way; it is answered once. */
export interface Job {
  readonly wish: Wish;
  /** Ends when `surrounding` is set. */
  readonly ready: Promise<unknown>;
  surrounding: Surrounding | undefined;
  /** How often it was decided on a state that had moved. */
  tries: number;
  readonly resolve: (done: Done) => void;
  readonly reject: (error: unknown) => void;
}

interface Link {
  readonly job: Job;
  readonly decided: Decision;
}

const longestChain = 64;
const mostTries = 50;
const nothing: readonly string[] = ['unavailable', 'exhausted'];

/**
 * Works on what waits for one stream, in order: at least the first job is answered, or stays to be decided again. What waits
 * together is appended together. Never throws.
 */
export const takeTurn = async (jobs: Job[], parts: LaneParts): Promise<void> => {
  const first = jobs[0] as Job;
  let folded: Folded;
  try {
    await first.ready;
    folded = await before(first, parts);
  } catch (error) {
    jobs.shift();
    return first.reject(error);
  }
  const { chain, refusal } = decideChain(jobs, folded, parts.recording);
  if (chain.length > 0) return write(jobs, chain, parts);
  jobs.shift();
  return refuse(jobs, first, refusal, folded.version, parts);
};

const before = async ({ wish: { decider, id, fresh, method }, tries }: Job, { states, load }: LaneParts): Promise<Folded> => {
  const known = states.get(id);
  if (known) return known;
  // A command that begins a stream is decided as if there were none; where there is one, the append or the refusal finds it.
  if (fresh || (tries === 0 && decider.creates.includes(method))) return { version: 0, key: undefined, state: decider.initial, snapshot: 0 };
  const loaded = await load(decider, id);
  if (loaded.version > 0) states.set(id, loaded);
  return loaded;
};

/**
 * Takes jobs while they pass, each decided on the one before. The first that does not pass stays: only what is written can
 * refuse, so it is decided again after the chain.
 */
const decideChain = (jobs: Job[], start: Folded, recording: Recording): { chain: Link[]; refusal: unknown } => {
  const chain: Link[] = [];
  for (let folded = start; chain.length < longestChain; jobs.shift()) {
    const [job] = jobs;
    if (!job?.surrounding) break;
    try {
      const decided = decision(job.wish, job.surrounding, folded, recording);
      chain.push({ job, decided });
      folded = decided.after;
    } catch (refusal) {
      return { chain, refusal };
    }
  }
  return { chain, refusal: undefined };
};

const write = async (jobs: Job[], chain: readonly Link[], parts: LaneParts): Promise<void> => {
  const { appender, seal, states, snapshots } = parts;
  const { wish } = (chain[0] as Link).job;
  let stays = true;
  const stale: Job[] = [];
  const settle = ({ job, decided }: Link, outcome: Outcome): void => {
    if (outcome.verdict === 'done') return job.resolve(doneBy(decided, outcome.position));
    stays = false;
    if (outcome.verdict === 'stale') stale.push(job);
    else answerAgain(job, outcome);
  };
  try {
    const drafts = seal ? await Promise.all(chain.map(async (it) => seal(it.decided.drafts))) : chain.map((it) => it.decided.drafts);
    const entries = chain.map((it, n) => entryOf(it.decided, drafts[n] ?? []));
    await Promise.all(
      entries.map(async (entry, n) => {
        const link = chain[n] as Link;
        try {
          settle(link, await appender.append(entry));
        } catch (error) {
          stays = false;
          link.job.reject(error);
        }
      }),
    );
  } catch (error) {
    stays = false;
    chain.forEach(({ job }) => job.reject(error));
  }
  const { after } = (chain.at(-1) as Link).decided;
  if (stays && after.version > 0) states.set(wish.id, { ...after, snapshot: snapshots.offer(wish.decider, wish.id, after) });
  else again(jobs, stale, wish.id, parts);
};

const doneBy = ({ entry, after, drafts, warnings }: Decision, position: number): Done => ({
  committed: { id: entry.stream.id, version: after.version, position: String(position), warnings, replayed: false },
  types: drafts.map((it) => it.type),
});

/** Answers a job whose key is known. */
const answerAgain = (job: Job, outcome: Extract<Outcome, { verdict: 'repeat' | 'mismatch' }>): void => {
  try {
    if (outcome.verdict === 'mismatch') throw keyReused();
    job.resolve({ committed: firstAnswer(outcome.answer, outcome.position), types: undefined });
  } catch (error) {
    job.reject(error);
  }
};

/** What was decided on a state that had moved is decided again, before what came after it. */
const again = (jobs: Job[], stale: readonly Job[], id: string, { states }: LaneParts): void => {
  states.delete(id);
  for (const job of stale.toReversed()) {
    job.tries += 1;
    if (job.tries < mostTries) jobs.unshift(job);
    else job.reject(new Rejection('contended', 'unavailable', 'Too many others change this at the same time.'));
  }
};

/** A refusal leaves only if the command was not done before and the state is still the one it was decided on. */
const refuse = async (jobs: Job[], job: Job, error: unknown, version: number, parts: LaneParts): Promise<void> => {
  const { id, key, hash, caller, decider } = job.wish;
  if (!(error instanceof Rejection)) return job.reject(error);
  try {
    const { known, version: now } = await parts.lookups.standing(key, id, decider.stream);
    if (known) return answerAgain(job, { verdict: hash && known.hash.equals(hash) ? 'repeat' : 'mismatch', ...known });
    if (now !== version) return again(jobs, [job], id, parts);
    if (!caller.keepRefusal || !key || nothing.includes(error.kind)) return job.reject(error);
    const stream = { id, type: decider.stream, key: id, partition: 0 };
    const outcome = await parts.appender.append({ stream, expected: version, events: [], key, hash, answer: keptRefusal(error) });
    if (outcome.verdict === 'stale') return again(jobs, [job], id, parts);
    if (outcome.verdict === 'done') return job.reject(error);
    answerAgain(job, outcome);
  } catch (failure) {
    job.reject(failure);
  }
};
