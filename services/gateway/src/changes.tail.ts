import { setTimeout as sleep } from 'node:timers/promises';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { faultOf, type Log } from '@guanxi/service-kit/log';
import type { Change, ReadChanges } from './changes.history.js';
import { placeIn, type Place } from './changes.place.js';

/** Is told what a tail finds of one customer. */
export interface Listener {
  /** The tail stands here and tells what comes after: at first, after the service was away, and at the beginning of another epoch. */
  stands(place: Place): void;
  changed(change: Change): void;
  away(reason: string): void;
}

/** Seconds that an idle service is waited for in one call; a frozen one is noticed a little later. */
const waitSeconds = 5;
/** Between calls to a busy service, so that events gather; to an idle one, or one that is away. */
const busyMs = 50;
const idleMs = 1_000;

const end = Number.MAX_SAFE_INTEGER;

/**
 * Follows one service's history for everybody who watches a customer here: one call at a time however many they are, and none while
 * nobody watches. Events come once the service's own views hold them.
 */
export class Tail {
  private readonly listeners = new Map<string, Set<Listener>>();
  private place: Place | undefined;
  private reason: string | undefined;
  private running = false;

  constructor(
    private readonly service: string,
    private readonly read: ReadChanges,
    private readonly stopping: AbortSignal,
    private readonly log: Log,
  ) {}

  /** Where it stands; undefined while it does not know. */
  get standing(): Place | undefined {
    return this.place;
  }

  /** Tells of one customer's changes, from where it stands; gives back how to stop that. */
  follow(customer: string, listener: Listener): () => void {
    const all = this.listeners.get(customer) ?? new Set();
    this.listeners.set(customer, all.add(listener));
    if (!this.running) void this.run();
    else if (this.reason !== undefined) listener.away(this.reason);
    else if (this.place) listener.stands(this.place);
    return () => {
      all.delete(listener);
      if (all.size === 0 && this.listeners.get(customer) === all) this.listeners.delete(customer);
    };
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.listeners.size > 0 && !this.stopping.aborted) {
      const began = performance.now();
      const pause = await this.step().catch((error: unknown) => this.lost(error));
      const left = pause === busyMs ? busyMs : pause - (performance.now() - began);
      if (left > 0) await sleep(left, undefined, { signal: this.stopping }).catch(() => undefined);
    }
    this.place = this.reason = undefined;
    this.running = false;
  }

  /** One call. Answers how long its turn should last at least. */
  private step(): Promise<number> {
    return this.place ? this.goOn(this.place) : this.start();
  }

  private async start(): Promise<number> {
    const { epoch, head } = await this.read(this.service, { after: end, settled: true });
    this.stand(placeIn(epoch, head));
    return 0;
  }

  private async goOn({ epoch, position }: Place): Promise<number> {
    // A service that was away is asked whether it is back, not waited for.
    const ask = { after: position, waitSeconds: this.reason === undefined ? waitSeconds : 0, settled: true };
    const found = await this.read(this.service, ask);
    const place = placeIn(found.epoch, found.last ?? position);
    if (place.epoch !== epoch) {
      // Positions mean something else now: begin again at the head.
      this.place = undefined;
      return 0;
    }
    if (this.reason !== undefined) this.stand({ epoch, position });
    // In one go with the move below: who comes in between would stand at the old place and have missed these.
    for (const change of found.changes((customer) => this.listeners.has(customer)))
      this.listeners.get(change.customer)?.forEach((it) => it.changed(change));
    this.place = place;
    return found.last === undefined ? idleMs : busyMs;
  }

  private stand(place: Place): void {
    this.reason = undefined;
    this.place = place;
    for (const listener of this.all()) listener.stands(place);
  }

  private lost(error: unknown): number {
    if (this.reason === undefined) {
      this.reason = error instanceof Rejection ? error.slug : 'internal';
      this.log.warn({ source: this.service, ...faultOf(error) }, 'the changes of a service cannot be followed');
      for (const listener of this.all()) listener.away(this.reason);
    }
    return idleMs;
  }

  private all(): Listener[] {
    return [...this.listeners.values()].flatMap((it) => [...it]);
  }
}
