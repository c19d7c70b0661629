import { hear, walk } from '../consumer.rules.js';
import { relayRound, silentPartitions, tailVerdict } from '../relay.rules.js';
import { Log } from './model.log.js';
import { ModelOwner, type ModelFact, type ModelMessage } from './model.owner.js';
import { ModelSubscriber } from './model.subscriber.js';
import { chance } from './random.js';

/** The rules that are walked, and what is played. */
export interface Switches {
  readonly hear: typeof hear<ModelMessage>;
  readonly walk: typeof walk<ModelMessage>;
  readonly relayRound: typeof relayRound<ModelFact>;
  readonly silent: typeof silentPartitions;
  readonly tailVerdict: typeof tailVerdict;
  /** Where the relay sends a fact. */
  readonly partitionOf: (fact: ModelFact) => number;
  /** The relay hears that these have arrived. */
  readonly acknowledged: (facts: readonly ModelFact[]) => void;
  /** `receive` passes over what is held with the same text. */
  readonly comparesText: boolean;
  /** A wrong rule: a consumer trusts its own memory of the inbox row. */
  readonly staleRow: boolean;
  /** A wrong rule: inbox row and received are not one transaction. */
  readonly torn: boolean;
  /** A wrong rule: a row is moved into an epoch whoever has moved it meanwhile. */
  readonly careless: boolean;
  /** Faults of the owner: restores at all, also to backups that another restore has undone, or without a new epoch. */
  readonly restores: boolean;
  readonly abandoned: boolean;
  readonly forgetful: boolean;
  /** Faults of sends and of the log. */
  readonly logFaults: boolean;
  /** Messages that nobody of ours sent. */
  readonly forged: boolean;
  /** How many times as often as usual something fails. */
  readonly harshness: number;
}

/** Everything that can happen, under the rules as they hold. */
export const everything: Switches = {
  hear,
  walk,
  relayRound,
  silent: silentPartitions,
  tailVerdict,
  partitionOf: ({ partition }) => partition,
  acknowledged: () => undefined,
  comparesText: true,
  staleRow: false,
  torn: false,
  careless: false,
  restores: true,
  abandoned: true,
  forgetful: false,
  logFaults: true,
  forged: true,
  harshness: 1,
};

/** What a run ends with; `violations` is empty where every event came once and in the order of its key. */
export interface Outcome {
  readonly violations: readonly string[];
  readonly steps: number;
  readonly received: number;
}

const partitions = 3;
const keys = 7;

/** Walks one schedule: `steps` steps by chance, then calm, then quiet until all that the owner holds was heard. */
export const simulate = (seed: number, steps: number, is: Switches): Outcome => {
  const dice = chance(seed);
  const log = new Log(partitions + 1, dice, { sends: is.logFaults });
  const owner = new ModelOwner(log, dice, is, partitions);
  const subscriber = new ModelSubscriber(log, owner, dice, is, partitions + 1);

  const forge = (): void => {
    const like = log.anything();
    if (!like) return;
    const unknown = { ...like, id: -1, epoch: dice.maybe(0.5) ? 'e99999' : 'e00000' };
    const position = owner.facts.length + 2 + dice.below(20);
    // A `prev` that is nobody's: with the right one a forgery is the next message, and who may write to a topic is the broker's business.
    const beyond = { ...like, id: -1, position, prev: position - 0.5 };
    log.put([dice.maybe(0.5) ? unknown : beyond]);
  };
  // How often each comes, a step; whether it is played.
  const faults: readonly (readonly [number, boolean, () => void])[] = (
    [
      [0.004, true, () => subscriber.rebalance()],
      [0.004, true, () => subscriber.crash()],
      [0.004, true, () => owner.loseLock()],
      [0.006, is.restores, () => owner.backUp()],
      [0.002, is.restores, () => owner.restore()],
      [0.05, is.forgetful, () => owner.serving || owner.beginEpoch()],
      [0.1, is.logFaults, () => log.land()],
      [0.003, is.logFaults, () => log.cutTail()],
      [0.001, is.logFaults, () => log.recreate()],
      [0.003, is.logFaults, () => log.retain()],
      [0.004, is.logFaults, () => log.put(log.tail(1 + dice.below(5)).slice(0, dice.below(9)))],
      [0.003, is.forged, forge],
    ] as const
  ).filter(([, played]) => played);

  const step = (): void => {
    owner.time++;
    const what = dice.below(9);
    if (what < 2) owner.append(keys);
    else if (what < 5) owner.relayStep();
    else subscriber.step();
    for (const [often, , happen] of faults) if (dice.maybe(often * is.harshness)) happen();
  };
  // The last ones are lost, and then nothing happens any more: only the repeated record can tell.
  const quieten = (): void => {
    if (!owner.serving) owner.beginEpoch();
    owner.settle(1);
    if (is.logFaults && dice.maybe(0.5)) log.cutTail();
    log.calm();
    for (let round = 0; round < 12; round++) {
      owner.settle(61);
      if (dice.maybe(0.7)) subscriber.settle();
    }
    subscriber.settle();
  };

  for (let n = 0; n < steps; n++) step();
  quieten();
  return { violations: violations(owner, subscriber), steps, received: subscriber.received.length };
};

const violations = (owner: ModelOwner, subscriber: ModelSubscriber): string[] => {
  const times = new Map<number, number>();
  for (const { id } of subscriber.received) times.set(id, (times.get(id) ?? 0) + 1);
  const lost = owner.facts.filter(({ id }) => !times.has(id)).length;
  const doubled = [...times.values()].filter((count) => count > 1).length;
  const kept = new Map(owner.facts.map(({ id, position }) => [id, position]));
  const heard = subscriber.received.filter(({ id }) => kept.has(id));
  const moved = heard.filter(({ id, position }) => kept.get(id) !== position).length;
  const found = {
    'batches without an end': subscriber.endless,
    lost,
    doubled,
    'under another position': moved,
    'out of their key’s order': disordered(heard),
  };
  return Object.entries(found).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
};

const disordered = (heard: readonly ModelMessage[]): number => {
  const last = new Map<number, number>();
  let count = 0;
  for (const { key, position } of heard) {
    const before = last.get(key) ?? 0;
    if (position < before) count++;
    last.set(key, Math.max(position, before));
  }
  return count;
};
