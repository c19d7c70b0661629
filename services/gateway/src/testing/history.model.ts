import { setTimeout as sleep } from 'node:timers/promises';
import { partitionOf } from '@guanxi/event-sourcing/partition';
import { Rejection } from '@guanxi/event-sourcing/rejection';

interface Kept {
  readonly position: number;
  readonly partition: number;
  readonly record: string;
}

/** A service's history in memory, which answers `ReadEvents` as the kit does. */
export class HistoryModel {
  epoch = '0190aaaa-0000-7000-8000-00000000000a';
  /** Answers as a service that is stopping does. */
  away = false;
  /** `ReadEvents` so far. */
  asked = 0;
  /** Ends waits, as a service does that is about to stop. */
  stopping = false;
  private kept: Kept[] = [];
  private head = 0;

  constructor(private readonly service: string) {}

  /** Appends a change of a customer. */
  append(customer: string, type: string, data: object = {}): number {
    const position = ++this.head;
    const record = JSON.stringify({ type: `guanxi.${this.service}.v1.${type}`, time: '2026-03-01T12:00:00.000Z', customer, data });
    this.kept.push({ position, partition: partitionOf(customer, 24), record });
    return position;
  }

  /** Passes positions that are about nobody. */
  pass(count: number): void {
    this.head += count;
  }

  /** Loses what comes after a position and begins a new epoch, as after a restore. */
  restore(to: number): void {
    this.kept = this.kept.filter((it) => it.position <= to);
    this.head = to;
    this.epoch = `0190aaaa-0000-7000-8000-00000000000${(Number.parseInt(this.epoch.slice(-2), 16) + 1).toString(16)}`;
  }

  async read(request: Record<string, unknown>): Promise<object> {
    this.asked++;
    const until = performance.now() + Number(request['waitSeconds']) * 1000;
    const find = (): Kept[] => {
      const upTo = Number(request['upTo']) || Infinity;
      const found = this.kept.filter((it) => it.position > Number(request['after']) && it.position <= upTo);
      return found.filter((it) => request['partition'] === undefined || it.partition === request['partition']);
    };
    for (;;) {
      if (this.away) throw new Rejection('stopping', 'unavailable', 'Later.');
      const found = find().slice(0, Number(request['limit']) || 1000);
      if (found.length === 0 && performance.now() < until && !this.stopping) await sleep(5);
      else {
        const [records, positions] = [found.map((it) => it.record), found.map((it) => String(it.position))];
        return { records, positions, epoch: this.epoch, base: '0', head: String(this.head) };
      }
    }
  }
}
