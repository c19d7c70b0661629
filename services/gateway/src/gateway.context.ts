import type { Log } from '@guanxi/service-kit/log';
import type { Verify } from '@guanxi/service-kit/auth';
import type { GatewayConfig } from './gateway.config.js';
import type { Peers } from './peers.js';

/** What the gateway's doors share; injected by its symbol. */
export interface Gateway {
  readonly config: GatewayConfig;
  readonly peers: Peers;
  readonly verify: Verify;
  readonly log: Log;
  /** Aborted when the gateway is about to stop. */
  readonly stopping: AbortSignal;
}

export const GATEWAY = Symbol('gateway');
