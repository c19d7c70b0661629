import type { Histogram } from '@opentelemetry/api';
import type { Freshness } from '@guanxi/contracts/guanxi/common/v1/freshness';
import type { AnyDecider } from '@guanxi/event-sourcing/decider';
import type { Caller, Committed } from '@guanxi/event-sourcing/executor';
import type { AsOf, Moment } from '@guanxi/event-sourcing/moment';
import type { View } from '@guanxi/event-sourcing/view';
import type { Reader } from './reader.js';

/** What a query handler may use: the read side, nothing that writes. */
export interface Reading {
  /** Rows of a view. */
  readonly read: <R>(view: View<R>) => Reader<R>;
  /** Plain SQL over the views' read tables, for summaries; parameters as $1, $2. */
  readonly sql: <T>(text: string, parameters?: readonly unknown[]) => Promise<T[]>;
  /** How fresh the rows are at this moment; look before you read. */
  readonly freshness: () => Freshness;
  /** Do rows of this account miss events, since one of them could not be folded? As of a moment: of any account that was folded with it. */
  readonly isParked: (account: string) => Promise<boolean>;
}

/** A moment to read at, of everybody or of one customer's streams alone. */
export interface Asked {
  readonly asOf: AsOf;
  /** Which rpc reads. */
  readonly rpc: string;
  /** An account's id. */
  readonly customer?: string | undefined;
}

/**
 * Does some reading as of a moment.
 * @throws Rejection as-of-in-the-future, position-beyond-the-end; as-of-preparing or as-of-busy where it may work a little later
 */
export type ReadAsOf = <T>(asked: Asked, work: (reading: Reading, moment: Moment) => Promise<T>) => Promise<T>;

/** What the generated controllers work with; injected by its symbol. */
export interface Kit extends Reading {
  readonly readAsOf: ReadAsOf;
  readonly execute: (decider: AnyDecider, method: string, command: unknown, caller: Caller) => Promise<Committed>;
  /** Where the durations of rpcs go; nowhere where nobody scrapes. */
  readonly durations?: Histogram;
}

/** Under which Nest injects the kit. */
export const KIT = Symbol('guanxi service kit');
