import { setTimeout as sleep } from 'node:timers/promises';
import type { Change, Stretch } from './changes.history.js';
import { placeIn, type Place } from './changes.place.js';
import type { Listener, Tail } from './changes.tail.js';

/** What a follower tells its client. */
export interface Told {
  changed(change: Change): void;
  /** Does the client take less than it is told at the moment? */
  isBehind(): boolean;
  /** Ends when it takes more. */
  drained(): Promise<void>;
  away(reason: string): void;
  back(): void;
  /** What happened since the client's place cannot be told. */
  reset(reason: string): void;
}

/** Whose place is further back reads the page anew instead. */
const mostBehind = 250_000;
/** Changes of one customer that wait for older ones or for the client; when there are more, they are read from the history again. */
const mostWaiting = 100;
const aPage = 1_000;
const retryMs = 1_000;

/** One client and one service: first what the client missed since its place, then what the tail tells. */
export class Follower implements Listener {
  /** Up to where older changes are read; what the tail tells beyond waits meanwhile. */
  private at: Place | undefined;
  private waiting: Change[] | undefined = [];
  private isAway = false;
  private began = false;
  private catching = false;
  private closed = false;
  private readonly heard = Promise.withResolvers<void>();
  private readonly leave: () => void;

  constructor(
    private readonly customer: string,
    /** Up to where the client was told; undefined for a new one. */
    private held: Place | undefined,
    private readonly tail: Tail,
    /** Reads the customer's partition. */
    private readonly missed: (after: number, upTo: number | undefined, limit: number) => Promise<Stretch>,
    private readonly told: Told,
  ) {
    this.leave = tail.follow(customer, this);
  }

  /** Ends when the service has said where it stands, or is known to be away. */
  get found(): Promise<void> {
    return this.heard.promise;
  }

  get reachable(): boolean {
    return !this.isAway;
  }

  /** Up to where the client has been told. */
  get place(): Place | undefined {
    const { standing } = this.tail;
    const live = this.held && !this.waiting && standing?.epoch === this.held.epoch && standing.position > this.held.position;
    return live ? standing : this.held;
  }

  /** From now on it tells. */
  begin(): void {
    this.began = true;
    void this.catchUp();
  }

  close(): void {
    this.closed = true;
    this.leave();
  }

  stands(place: Place): void {
    if (this.at?.epoch !== place.epoch) {
      this.at = place;
      if (this.waiting) this.waiting = [];
    }
    this.held ??= place;
    if (this.isAway && this.began) this.told.back();
    this.isAway = false;
    this.heard.resolve();
    if (this.began) void this.catchUp();
  }

  changed(change: Change): void {
    if (!this.waiting) return this.told.isBehind() ? this.holdBack(change) : this.tell(change);
    if (this.waiting.push(change) <= mostWaiting || !this.at) return;
    this.waiting = [];
    this.at = { ...this.at, position: change.position };
  }

  away(reason: string): void {
    this.isAway = true;
    this.heard.resolve();
    if (this.began) this.told.away(reason);
  }

  private holdBack(change: Change): void {
    this.at = this.held;
    this.waiting = [change];
    void this.catchUp();
  }

  private async catchUp(): Promise<void> {
    if (!this.held || !this.at) return;
    if (this.held.epoch !== this.at.epoch) this.reset('epoch-changed', this.at);
    if (!this.waiting || this.catching) return;
    this.catching = true;
    while (this.waiting && !this.closed) if (!(await this.goOn(this.held, this.at).catch(() => false))) await sleep(retryMs);
    this.catching = false;
  }

  /** One step towards the tail. False where it has to be tried again. */
  private async goOn(held: Place, at: Place): Promise<boolean> {
    if (held.position > at.position) return this.demandKnown(held, at);
    if (held.position === at.position) return this.passWaiting();
    if (at.position - held.position > mostBehind) return this.reset('too-far-behind', at);
    const stretch = await this.missed(held.position, at.position, aPage);
    if (placeIn(stretch.epoch, 0).epoch !== held.epoch) return false;
    await this.pass(stretch, held, at);
    return true;
  }

  /** Another gateway may have told more than this one's tail has seen; a position that nobody has seen is not ours. */
  private async demandKnown(held: Place, at: Place): Promise<boolean> {
    const { head } = await this.missed(held.position, undefined, 1);
    if (head < held.position) return this.reset('position-unknown', at);
    // Meanwhile so much may have come that it has to be read.
    if (this.at && this.at.position < held.position) this.at = held;
    return true;
  }

  private async passWaiting(): Promise<boolean> {
    const next = this.waiting?.shift();
    if (!next) this.waiting = undefined;
    else {
      this.tell(next);
      this.at = this.held;
      await this.told.drained();
    }
    return true;
  }

  private async pass({ changes, last }: Stretch, { epoch }: Place, { position }: Place): Promise<void> {
    for (const change of changes((it) => it === this.customer)) {
      // A restore may come in between.
      if (this.held?.epoch !== epoch) return;
      this.tell(change);
      await this.told.drained();
    }
    if (this.held?.epoch === epoch) this.held = { epoch, position: last ?? position };
  }

  private reset(reason: string, to: Place): true {
    this.held = to;
    this.told.reset(reason);
    return true;
  }

  private tell(change: Change): void {
    if (!this.held || change.position <= this.held.position) return;
    this.held = { ...this.held, position: change.position };
    this.told.changed(change);
  }
}
