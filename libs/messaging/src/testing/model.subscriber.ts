import type { InboxRow } from '@guanxi/event-sourcing/receive';
import type { Ask, Epoch, Stretch } from '../consumer.rules.js';
import type { Log } from './model.log.js';
import type { ModelMessage, ModelOwner } from './model.owner.js';
import type { Chance } from './random.js';
import type { Switches } from './simulation.js';

/** A batch under way in one process. */
interface Task {
  readonly process: number;
  readonly partition: number;
  readonly steps: Generator<Ask<ModelMessage>, void, never>;
  readonly next: number;
  ask: Ask<ModelMessage>;
  asked: number;
  /** What the process believes of the row; only a wrong rule looks at it. */
  row?: InboxRow;
}

const nowhere: InboxRow = { epoch: '', position: 0 };

/** A service that hears the owner: several processes of one group, one inbox, one list of what was received. */
export class ModelSubscriber {
  received: ModelMessage[] = [];
  private held = new Set<number>();
  /** Batches that went on and on. */
  endless = 0;
  private inbox = new Map<number, InboxRow>();
  private journal: { partition: number; row: InboxRow; length: number }[] = [];
  private tasks: Task[] = [];
  private readonly assigned: number[];

  constructor(
    private readonly log: Log,
    private readonly owner: ModelOwner,
    private readonly dice: Chance,
    private readonly is: Switches,
    partitions: number,
  ) {
    this.assigned = Array.from({ length: partitions }, (_, n) => n % 2);
  }

  step(): void {
    const task = this.dice.maybe(0.3) ? undefined : this.dice.pick(this.tasks);
    if (task) this.carryOut(task);
    else this.poll(this.dice.below(this.assigned.length));
  }

  /** Polls every partition till its end. */
  settle(): void {
    this.tasks = [];
    for (let partition = 0; partition < this.assigned.length; partition++) {
      for (let more = true; more;) {
        more = this.poll(partition);
        for (let task = this.tasks[0]; task; task = this.tasks[0]) this.carryOut(task);
      }
    }
  }

  rebalance(): void {
    const partition = this.dice.below(this.assigned.length);
    this.assigned[partition] = 1 - (this.assigned[partition] as number);
    if (this.dice.maybe(0.5)) this.log.rewind(partition);
  }

  /** A process dies, or its database does and loses what was not flushed. */
  crash(): void {
    const process = this.dice.below(2);
    this.tasks = this.tasks.filter((it) => it.process !== process);
    if (this.dice.maybe(0.5)) return;
    this.tasks = [];
    for (let lost = this.dice.below(4); lost > 0; lost--) {
      const last = this.journal.pop();
      if (!last) break;
      if (!this.is.torn) this.inbox.set(last.partition, last.row);
      this.received.length = last.length;
    }
    this.held = new Set(this.received.map(({ id }) => id));
  }

  private poll(partition: number): boolean {
    const process = this.assigned[partition] as number;
    if (this.tasks.some((it) => it.process === process && it.partition === partition)) return false;
    const { messages, next } = this.log.poll(partition);
    if (messages.length === 0) return false;
    const task: Task = { process, partition, steps: this.is.hear(messages), next, ask: { ask: 'epochs' }, asked: 0 };
    this.tasks.push(task);
    this.advance(task, undefined);
    return true;
  }

  private advance(task: Task, answer: unknown): void {
    const { done, value } = task.steps.next(answer as never);
    if (!done && ++task.asked < 2_000) {
      task.ask = value;
      return;
    }
    if (!done) this.endless++;
    this.tasks = this.tasks.filter((it) => it !== task);
    // A zombie's commit may still be accepted, anybody's may be lost.
    if (this.dice.maybe(0.85)) this.log.commit(task.partition, task.next);
  }

  private carryOut(task: Task): void {
    this.advance(task, this.answer(task, task.ask));
  }

  private answer(task: Task, ask: Ask<ModelMessage>): unknown {
    switch (ask.ask) {
      case 'epochs':
        return [...this.owner.epochs] satisfies Epoch[];
      case 'range':
        return { epoch: this.owner.epoch, messages: this.owner.range(task.partition, ask.after, ask.upTo) } satisfies Stretch<ModelMessage>;
      case 'enter':
        return this.enter(task.partition, ask.from, ask.to);
      case 'receive':
        return this.receive(task, ask.epoch, ask.messages);
      default:
        return undefined;
    }
  }

  private enter(partition: number, from: InboxRow, to: InboxRow): void {
    const row = this.inbox.get(partition) ?? nowhere;
    if (this.is.careless || (row.epoch === from.epoch && row.position === from.position)) this.inbox.set(partition, to);
    // Flushed, and with it all before.
    this.journal = [];
  }

  private receive(task: Task, epoch: string, messages: readonly ModelMessage[]): { row: InboxRow; done: number } {
    const { partition } = task;
    const truth = this.inbox.get(partition) ?? nowhere;
    const before = this.is.staleRow ? (task.row ??= truth) : truth;
    const { row, done, taken } = this.is.walk(before, epoch, messages);
    const fresh = taken.filter((it) => !this.is.comparesText || !this.held.has(it.id));
    this.journal.push({ partition, row: truth, length: this.received.length });
    for (const it of fresh) {
      this.received.push({ ...it, partition, epoch });
      this.held.add(it.id);
    }
    this.inbox.set(partition, row);
    task.row = row;
    return { row, done };
  }
}
