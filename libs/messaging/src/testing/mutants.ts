import type { InboxRow } from '@guanxi/event-sourcing/receive';
import { consumerRules, hear, walk, type Ask, type ConsumerRules, type Epoch, type Stretch } from '../consumer.rules.js';
import { silentPartitions, type RelayAsk } from '../relay.rules.js';
import type { ModelFact, ModelMessage } from './model.owner.js';
import { everything, type Switches } from './simulation.js';

/** A rule taken out: what then stands in its place, and where its loss shows. */
export interface Mutant {
  readonly without: string;
  /** Made anew for each run, since some remember. */
  readonly switches: () => Switches;
}

/** One wall less: what follows must hold by the inbox row alone. Abandoned backups need the other wall. */
export const firstWallOnly: Switches = { ...everything, comparesText: false, abandoned: false };

/** A restore after which nobody begins an epoch: only the start check stands, and it needs the topic as it was sent. */
export const forgetfulOperator: Switches = { ...everything, forgetful: true, abandoned: false, logFaults: false, forged: false };

const ruled = (change: Partial<ConsumerRules>): Pick<Switches, 'hear' | 'walk'> => {
  const rules = { ...consumerRules, ...change };
  return { hear: (batch) => hear(batch, rules), walk: (row, epoch, messages) => walk(row, epoch, messages, rules) };
};

const { enter } = consumerRules;

const judged =
  (from: string, to: 'take' | 'drop'): ConsumerRules['judge'] =>
  (row, message) => {
    const verdict = consumerRules.judge(row, message);
    return verdict === from ? to : verdict;
  };

/** `hear`, but the owner is believed to have the very message that made us ask. */
function* trusting(batch: readonly ModelMessage[]): Generator<Ask<ModelMessage>, void, never> {
  const steps = hear(batch);
  for (let step = steps.next(undefined as never); !step.done;) {
    const ask = step.value;
    let answer: unknown = yield ask;
    const missing = ask.ask === 'range' && batch.find((it) => it.position === ask.upTo);
    if (missing && (answer as Stretch<ModelMessage>).messages.length === 0) answer = { epoch: missing.epoch, messages: [missing] };
    step = steps.next(answer as never);
  }
}

/** A relay round that moves its checkpoint before it sends. Nothing is lost by that: what did not arrive is a gap. */
export function* hasty(
  silent: readonly number[],
  prevOf: (fact: ModelFact) => number = ({ prev }) => prev,
): Generator<RelayAsk<ModelFact>, number | undefined, never> {
  const from: number | undefined = yield { ask: 'checkpoint' };
  if (from === undefined) return undefined;
  const facts: readonly ModelFact[] = yield { ask: 'after', position: from };
  const again: readonly ModelFact[] = yield { ask: 'last', partitions: silent, upTo: from };
  const last = facts.at(-1);
  if (last) yield { ask: 'move', position: last.position };
  yield { ask: 'publish', facts: [...again, ...facts.map((it) => ({ ...it, prev: prevOf(it) }))] };
  return facts.length;
}

/** A relay that goes on after a failed send and states as `prev` what it knows to have arrived. */
const remembering = (): Partial<Switches> => {
  const arrived = new Map<number, number>();
  return {
    acknowledged: (facts) => facts.forEach((it) => arrived.set(it.partition, it.position)),
    relayRound: (silent) => {
      const before = new Map(arrived);
      return hasty(silent, ({ partition, position }) => {
        const prev = before.get(partition) ?? 0;
        before.set(partition, position);
        return prev;
      });
    },
  };
};

/** A relay that sends its last record again once, and no more until there is a new one. */
const saidOnce = (): Partial<Switches> => {
  const highest = new Map<number, number>();
  const said = new Set<number>();
  return {
    silent: (lastSent, now, silence) => silentPartitions(lastSent, now, silence).filter((it) => !said.has(it)),
    acknowledged: (facts) => {
      for (const { partition, position } of facts) {
        if (position > (highest.get(partition) ?? 0)) said.delete(partition);
        else said.add(partition);
        highest.set(partition, position);
      }
    },
  };
};

/** As if the last epoch were the only new one. */
const ofNewest = (row: InboxRow, epochs: readonly Epoch[]): InboxRow => {
  const last = epochs.at(-1) as Epoch;
  return { epoch: last.id, position: Math.min(row.position, last.base) };
};

/** As if every epoch that a row can be in were one of the owner's. */
const ofKnown: ConsumerRules['enter'] = (row, epochs) =>
  enter(
    row,
    [...epochs, { id: row.epoch, base: 0 }].sort((a, b) => (a.id < b.id ? -1 : 1)),
  );

const mutant = (without: string, base: Switches, change: Partial<Switches> | (() => Partial<Switches>)): Mutant => ({
  without,
  switches: () => ({ ...base, ...(typeof change === 'function' ? change() : change) }),
});

/** Each rule of architecture.md §6 taken out on purpose. */
export const mutants: readonly Mutant[] = [
  mutant('a gap is fetched', everything, ruled({ judge: judged('fetch', 'take') })),
  mutant('a gap is fetched, not passed over', everything, ruled({ judge: judged('fetch', 'drop') })),
  mutant('what is not above the row is a duplicate', firstWallOnly, ruled({ judge: judged('duplicate', 'take') })),
  mutant('an older epoch is dropped', firstWallOnly, {
    ...ruled({ judge: (row, it) => consumerRules.judge({ ...row, epoch: it.epoch < row.epoch ? it.epoch : row.epoch }, it) }),
    walk: (row, epoch, messages) => walk(epoch < row.epoch ? { ...row, epoch } : row, epoch, messages),
  }),
  mutant(
    'a new epoch moves the row back to its base',
    firstWallOnly,
    ruled({ enter: (row, epochs) => ({ ...enter(row, epochs), position: row.position }) }),
  ),
  mutant(
    'a new epoch moves the row no further than its base',
    firstWallOnly,
    ruled({ enter: (row, epochs) => ({ ...enter(row, epochs), position: 0 }) }),
  ),
  mutant('the base of every epoch between counts', firstWallOnly, ruled({ enter: ofNewest })),
  mutant('an epoch that the owner does not know sends the row back to the start', everything, ruled({ enter: ofKnown })),
  mutant('what is held with the same text is passed over', { ...everything, comparesText: false }, {}),
  mutant('an epoch that is not the owner’s is dropped', everything, ruled({ isOwners: () => true })),
  mutant('a position that the owner does not have is dropped', everything, { hear: trusting }),
  mutant('nothing is received under another epoch than the row’s', firstWallOnly, {
    walk: (row, epoch, messages) =>
      walk(
        { ...row, epoch },
        epoch,
        messages.map((it) => ({ ...it, epoch })),
      ),
  }),
  mutant('the inbox row is read under the lock', firstWallOnly, { staleRow: true }),
  mutant('inbox row and received move in one transaction', everything, { torn: true }),
  mutant('a row enters an epoch only from where it was seen', { ...firstWallOnly, harshness: 4 }, { careless: true }),
  mutant('the last record is sent again in silence', everything, { silent: () => [] }),
  mutant('it is sent again as long as the silence lasts', { ...everything, harshness: 4 }, saidOnce),
  mutant('prev is what the history holds before, not what has arrived', everything, remembering),
  mutant('the partition is the one stored with the event', everything, { partitionOf: ({ key, position }) => key % (position > 60 ? 4 : 3) }),
  mutant('a restored history without a new epoch refuses to append', forgetfulOperator, { tailVerdict: () => 'ours' }),
];
