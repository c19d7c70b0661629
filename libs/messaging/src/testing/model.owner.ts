import type { Epoch, Place } from '../consumer.rules.js';
import { cut, type Fact, type RelayAsk } from '../relay.rules.js';
import type { Chance } from './random.js';
import type { Log } from './model.log.js';
import type { Switches } from './simulation.js';

/** A fact of the model: `id` is what its text would be. */
export interface ModelFact extends Fact {
  readonly id: number;
  readonly key: number;
}

/** A fact on its way. */
export type ModelMessage = ModelFact & Place;

interface Backup {
  readonly facts: readonly ModelFact[];
  readonly epochs: readonly Epoch[];
  readonly checkpoint: number;
}

interface Round {
  /** When this relay process last sent to each partition. */
  readonly sent: Map<number, number>;
  readonly silent: readonly number[];
  readonly steps: Generator<RelayAsk<ModelFact>, number | undefined, never>;
  ask: RelayAsk<ModelFact>;
  epoch: string;
}

const silence = 60;
const relays = 2;

/** The owner of a history: appends, is backed up and restored, and relays to the log by the real rules, each step at another time. */
export class ModelOwner {
  facts: ModelFact[] = [];
  epochs: Epoch[] = [{ id: 'e00001', base: 0 }];
  /** False while the start check refuses. */
  serving = true;
  time = 0;
  private checkpoint = 0;
  private made = 0;
  private begun = 1;
  private backups: Backup[] = [];
  private rounds: Round[] = [];
  private holder: Round | undefined;
  private readonly lastSent: Map<number, number>[];

  constructor(
    private readonly log: Log,
    private readonly dice: Chance,
    private readonly is: Switches,
    private readonly partitions: number,
  ) {
    this.lastSent = Array.from({ length: relays }, () => new Map(Array.from({ length: partitions }, (_, p) => [p, 0])));
  }

  get epoch(): string {
    return this.epochs.at(-1)?.id ?? '';
  }

  append(keys: number): void {
    if (!this.serving) return;
    const key = this.dice.below(keys);
    const partition = key % this.partitions;
    const prev = this.facts.findLast((it) => it.partition === partition)?.position ?? 0;
    this.facts.push({ id: ++this.made, position: this.facts.length + 1, prev, partition, key });
  }

  range(partition: number, after: number, upTo: number): ModelMessage[] {
    return this.facts
      .slice(after, upTo)
      .filter((it) => it.partition === partition)
      .slice(0, 7)
      .map((it) => ({ ...it, epoch: this.epoch, prev: -1 }));
  }

  // — relay —

  relayStep(): void {
    const round = this.dice.maybe(0.3) ? undefined : this.dice.pick(this.rounds);
    if (round) this.carryOut(round);
    else if (this.rounds.length < 3 && this.serving) this.begin(this.dice.below(relays));
  }

  /** After `pause`: whole rounds, one after another, until all is sent. */
  settle(pause: number): void {
    this.time += pause;
    for (let n = 0; n <= this.facts.length; n++) {
      for (let round = this.rounds[0]; round; round = this.rounds[0]) this.carryOut(round);
      if (n > 0 && this.checkpoint === this.facts.length) return;
      this.begin(0);
    }
  }

  /** The lock's holder loses it (its transaction timed out) and does not know. */
  loseLock(): void {
    this.holder = undefined;
  }

  private begin(relay: number): void {
    const sent = this.lastSent[relay] as Map<number, number>;
    const silent = this.is.silent(sent, this.time, silence);
    this.next({ sent, silent, steps: this.is.relayRound(silent), ask: { ask: 'checkpoint' }, epoch: this.epoch }, undefined, true);
  }

  private next(round: Round, answer: unknown, fresh = false): void {
    const { done, value } = round.steps.next(answer as never);
    if (fresh && !done) this.rounds.push(round);
    if (done) return this.end(round);
    round.ask = value;
  }

  private end(round: Round): void {
    this.rounds = this.rounds.filter((it) => it !== round);
    if (this.holder === round) this.holder = undefined;
  }

  private carryOut(round: Round): void {
    const { ask } = round;
    switch (ask.ask) {
      case 'checkpoint':
        if (this.holder) return this.next(round, undefined);
        this.holder = round;
        return this.next(round, this.checkpoint);
      case 'after':
        round.epoch = this.epoch;
        return this.next(
          round,
          cut(this.facts.slice(ask.position, ask.position + 6), () => 1),
        );
      case 'last':
        return this.next(round, this.lastOf(ask.partitions, ask.upTo));
      case 'publish':
        return this.publish(round, ask.facts);
      case 'move':
        // Without the lock the transaction is gone.
        if (this.holder === round) this.checkpoint = ask.position;
        return this.next(round, undefined);
    }
  }

  private lastOf(partitions: readonly number[], upTo: number): ModelFact[] {
    return partitions.flatMap((p) => this.facts.slice(0, upTo).findLast((it) => it.partition === p) ?? []);
  }

  private publish(round: Round, facts: readonly ModelFact[]): void {
    const messages = facts.map((it): ModelMessage => ({ ...it, epoch: round.epoch, partition: this.is.partitionOf(it) }));
    if (!this.log.send(messages)) return this.end(round);
    [...round.silent, ...facts.map((it) => it.partition)].forEach((it) => round.sent.set(it, this.time));
    this.is.acknowledged(facts);
    this.next(round, undefined);
  }

  // — backups and restores —

  backUp(): void {
    this.backups.push({ facts: [...this.facts], epochs: [...this.epochs], checkpoint: this.checkpoint });
    if (this.backups.length > 4) this.backups.splice(this.dice.below(3), 1);
  }

  restore(): void {
    const backup = this.dice.pick(this.backups);
    if (!backup) return;
    this.facts = [...backup.facts];
    this.epochs = [...backup.epochs];
    this.checkpoint = backup.checkpoint;
    // What an old process was about to send may still arrive; no check at the start can know of that.
    this.rounds = this.is.forgetful ? [] : this.rounds.filter((it) => it.ask.ask === 'publish');
    this.holder = undefined;
    // An older backup knows nothing of the epoch that begins now, one of what was undone is another story again.
    if (!this.is.abandoned) this.backups = [];
    if (this.is.forgetful) this.start();
    else this.beginEpoch();
  }

  beginEpoch(): void {
    this.epochs.push({ id: `e${String(++this.begun).padStart(5, '0')}`, base: this.facts.length });
    this.serving = true;
  }

  /** The start check. */
  private start(): void {
    const tail = this.log.tail(10);
    this.serving = !tail.some((it) => this.is.tailVerdict(it, this.facts[it.position - 1]?.id === it.id, this.epochs) === 'foreign');
  }
}
