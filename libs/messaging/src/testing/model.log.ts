import type { ModelMessage } from './model.owner.js';
import type { Chance } from './random.js';

interface Partition {
  start: number;
  items: ModelMessage[];
}

/** A topic that loses, delays, repeats and forgets, as brokers and their clients do. */
export class Log {
  private readonly partitions: Partition[];
  private readonly committed: (number | undefined)[];
  private flying: ModelMessage[][] = [];

  constructor(
    count: number,
    private readonly dice: Chance,
    private readonly faults: { readonly sends: boolean },
  ) {
    this.partitions = Array.from({ length: count }, () => ({ start: 0, items: [] }));
    this.committed = Array.from({ length: count }, () => undefined);
  }

  /** False where the sender heard no acknowledgement: then all, nothing or a part of it arrived, or will. */
  send(messages: readonly ModelMessage[]): boolean {
    if (!this.faults.sends || this.dice.maybe(0.75)) {
      this.put(messages);
      return true;
    }
    const part = messages.slice(0, this.dice.below(messages.length + 1));
    if (this.dice.maybe(0.4)) this.flying.push([...part]);
    else this.put(part);
    return false;
  }

  put(messages: readonly ModelMessage[]): void {
    for (const message of messages) this.at(message.partition).items.push(message);
  }

  /** A delayed send arrives. */
  land(): void {
    const [messages] = this.flying.splice(this.dice.below(this.flying.length), 1);
    if (messages) this.put(messages);
  }

  calm(): void {
    while (this.flying.length > 0) this.land();
    (this.faults as { sends: boolean }).sends = false;
  }

  cutTail(): void {
    const { items } = this.any();
    items.splice(Math.max(0, items.length - 1 - this.dice.below(6)));
  }

  retain(): void {
    const it = this.any();
    const gone = this.dice.below(it.items.length + 1);
    it.start += gone;
    it.items.splice(0, gone);
  }

  recreate(): void {
    for (const it of this.partitions) {
      it.start = 0;
      it.items = [];
    }
  }

  /** Up to 3 messages from the committed offset; a client that is beyond either end begins at the earliest, one exactly at the end waits. */
  poll(partition: number): { messages: ModelMessage[]; next: number } {
    const { start, items } = this.at(partition);
    const committed = this.committed[partition] ?? start;
    const from = committed < start || committed > start + items.length ? start : committed;
    const messages = items.slice(from - start, from - start + 1 + this.dice.below(3));
    return { messages, next: from + messages.length };
  }

  commit(partition: number, next: number): void {
    this.committed[partition] = next;
  }

  /** A rebalance that finds an older offset. */
  rewind(partition: number): void {
    const at = this.committed[partition];
    if (at !== undefined) this.committed[partition] = Math.max(0, at - this.dice.below(5));
  }

  tail(count: number): ModelMessage[] {
    return this.partitions.flatMap((it) => it.items.slice(-count));
  }

  anything(): ModelMessage | undefined {
    return this.dice.pick(this.any().items);
  }

  private any(): Partition {
    return this.dice.pick(this.partitions) as Partition;
  }

  private at(partition: number): Partition {
    return this.partitions[partition] as Partition;
  }
}
