import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { Follower } from './changes.follower.js';
import type { ReadChanges } from './changes.history.js';
import { textOf, type Place } from './changes.place.js';
import type { Tail } from './changes.tail.js';
import { sectionNames, sections, type Section } from './customer.sections.js';

/** What one client's stream is made of. */
export interface StreamParts {
  readonly output: Writable;
  readonly customer: string;
  /** Of the customer's key. */
  readonly partition: number;
  /** Sections that the caller may not see. */
  readonly without: ReadonlySet<Section>;
  /** Up to where the client was told, by service. */
  readonly places: ReadonlyMap<string, Place>;
  readonly tails: ReadonlyMap<string, Tail>;
  readonly read: ReadChanges;
  /** When the client's token ends, in milliseconds from now. */
  readonly endsMs: number;
  /** Proxies and clients take silence for a broken connection. */
  readonly beatMs?: number;
}

/** Text that waits for a client at most; changes wait in the history instead. */
const mostWaiting = 128 * 1024;
/** After which a client should come back. */
const retryMs = 1_000;

/** Server-sent events about one customer, for one client. */
export class ChangesStream {
  private readonly followers = new Map<Section, Follower>();
  private readonly timers: NodeJS.Timeout[] = [];
  /** It was so at the last beat, and has been since. */
  private full = false;
  private draining: PromiseWithResolvers<void> | undefined;

  constructor(private readonly parts: StreamParts) {}

  /** Ends when the client has gone or was cut off, or its token has ended. */
  async run(): Promise<void> {
    const { output, endsMs } = this.parts;
    const closed = output.destroyed ? Promise.resolve() : once(output, 'close').catch(() => undefined);
    output.on('drain', this.taken).on('close', this.taken);
    output.write(`retry: ${retryMs}\n\n`);
    for (const section of sectionNames) this.follow(section);
    this.timers.push(setTimeout(() => this.expire(), endsMs));
    void this.begin();
    await closed;
    this.timers.forEach((it) => clearTimeout(it));
    this.followers.forEach((it) => it.close());
  }

  private follow(section: Section): void {
    const { output, customer, partition, without, places, tails, read } = this.parts;
    const service = sections[section];
    const tail = tails.get(service);
    if (without.has(section) || !tail) return;
    const about = { service, section };
    const follower: Follower = new Follower(
      customer,
      places.get(service),
      tail,
      (after, upTo, limit) => read(service, { after, limit, partition, ...(upTo !== undefined && { upTo }) }),
      {
        changed: ({ type, position, time }) => this.say(section, { ...about, type, position: String(position), time }),
        isBehind: () => output.writableNeedDrain,
        drained: () => this.drained(),
        away: (reason) => this.say('unavailable', { ...about, reason }),
        back: () => this.say('available', about),
        reset: (reason) => this.say('reset', { ...about, reason }),
      },
    );
    this.followers.set(section, follower);
  }

  /** Says from where on nothing will be missed, then tells. */
  private async begin(): Promise<void> {
    await Promise.all([...this.followers.values()].map((it) => it.found));
    const states = sectionNames.map((section): [string, string] => {
      const reachable = this.followers.get(section)?.reachable;
      return [section, reachable ? 'OK' : this.parts.without.has(section) ? 'WITHHELD' : 'UNAVAILABLE'];
    });
    if (this.parts.output.destroyed) return;
    this.say('ready', { sections: Object.fromEntries(states) });
    this.followers.forEach((it) => it.begin());
    this.timers.push(setInterval(() => this.beat(), this.parts.beatMs ?? 15_000));
  }

  /** Says that it is still there, and up to where. Who has taken nothing since the last time is cut off. */
  private beat(): void {
    if (this.full) this.parts.output.destroy();
    this.full = this.parts.output.writableNeedDrain;
    if (!this.full) this.write(`: still here\nid: ${this.id()}\n\n`);
  }

  private id(): string {
    const places = [...this.followers].flatMap(([section, { place }]) => (place ? [[sections[section], place] as const] : []));
    return textOf(new Map(places));
  }

  private say(event: string, data: object): void {
    this.write(`event: ${event}\nid: ${this.id()}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Ends when the client takes more, or has gone. */
  private drained(): Promise<void> {
    const { writableNeedDrain, destroyed } = this.parts.output;
    if (!writableNeedDrain || destroyed) return Promise.resolve();
    return (this.draining ??= Promise.withResolvers()).promise;
  }

  private readonly taken = (): void => {
    this.draining?.resolve();
    this.draining = undefined;
    this.full = false;
  };

  private write(text: string): void {
    const { output } = this.parts;
    if (output.destroyed || output.writableEnded) return;
    output.write(text);
    if (output.writableLength > mostWaiting) output.destroy();
  }

  private expire(): void {
    this.say('token-expired', {});
    this.parts.output.end();
  }
}
