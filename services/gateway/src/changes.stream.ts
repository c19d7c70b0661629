import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Follower } from './changes.follower.js';
import type { ReadChanges } from './changes.history.js';
import { textOf, type Place } from './changes.place.js';
import type { Tail } from './changes.tail.js';
import { sectionNames, sections, type Section } from './customer.sections.js';

/** What one client's stream is made of. */
export interface StreamParts {
  readonly output: ServerResponse;
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
}

/** Proxies and clients take silence for a broken connection. */
const heartbeatMs = 15_000;
/** Text that waits for a client; one that takes no more is cut off and comes back to where it was. */
const mostWaiting = 64 * 1024;
/** After which a client should come back. */
const retryMs = 1_000;

/** Server-sent events about one customer, for one client. */
export class ChangesStream {
  private readonly followers = new Map<Section, Follower>();
  private readonly timers: NodeJS.Timeout[] = [];
  private draining: Promise<void> | undefined;

  constructor(private readonly parts: StreamParts) {}

  /** Ends when the client has gone or was cut off, or its token has ended. */
  async run(): Promise<void> {
    const { output, endsMs } = this.parts;
    const closed = output.destroyed ? Promise.resolve() : once(output, 'close').catch(() => undefined);
    output.write(`retry: ${retryMs}\n\n`);
    for (const section of sectionNames) this.follow(section);
    this.timers.push(setTimeout(() => this.expire(), endsMs));
    void this.begin();
    await closed;
    this.timers.forEach((it) => clearTimeout(it));
    this.followers.forEach((it) => it.close());
  }

  private follow(section: Section): void {
    const { customer, partition, without, places, tails, read } = this.parts;
    const service = sections[section];
    const tail = tails.get(service);
    if (without.has(section) || !tail) return;
    const about = { service, section };
    const follower: Follower = new Follower(
      customer,
      places.get(service),
      tail,
      (after, upTo, limit) => read(service, { after, limit, partition, ...(upTo !== undefined && { upTo }) }, (it) => it === customer),
      {
        changed: ({ type, position, time }) => this.say(section, { ...about, type, position: String(position), time }),
        drained: () => this.drained(),
        away: (reason) => this.say('unavailable', { ...about, reason }),
        back: () => this.say('available', about),
        reset: (reason) => this.say('reset', { ...about, reason }),
        overrun: () => this.parts.output.destroy(),
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
    this.timers.push(setInterval(() => this.write(`: still here\nid: ${this.id()}\n\n`), heartbeatMs));
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
    const { output } = this.parts;
    if (!output.writableNeedDrain || output.destroyed) return Promise.resolve();
    const taken: Promise<unknown> = Promise.race([once(output, 'drain'), once(output, 'close')]);
    return (this.draining ??= taken.then(this.drainedNow, this.drainedNow));
  }

  private readonly drainedNow = (): void => (this.draining = undefined);

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
