import type { Tls } from '@guanxi/service-kit/tls';
import type { WireAnswer } from '@guanxi/service-kit/wire.line';
import { WireClient } from '@guanxi/service-kit/wire.client';
import { Refusal } from './refusal.js';

/** gRPC metadata, names in lower case. */
export type CallHeaders = Readonly<Record<string, string>>;

/** One call to a service by its name. @throws Rejection as the service said, Failure, Refusal 503 for a service that does not run here */
export type Call = (service: string, path: string, body: Uint8Array, headers: CallHeaders, timeoutMs?: number) => Promise<WireAnswer>;

/** The services behind the gateway, one wire each. */
export class Peers {
  private readonly clients: ReadonlyMap<string, WireClient>;

  constructor(addresses: Readonly<Record<string, string>>, tls?: Tls) {
    this.clients = new Map(Object.entries(addresses).map(([name, address]) => [name, new WireClient(address, undefined, tls)]));
  }

  get names(): string[] {
    return [...this.clients.keys()];
  }

  has(service: string): boolean {
    return this.clients.has(service);
  }

  readonly call: Call = (service, path, body, headers, timeoutMs) => {
    const client = this.clients.get(service);
    // The contracts may know more services than this installation runs.
    if (!client) return Promise.reject(new Refusal(503, 'service-unavailable', 'This service does not run here.'));
    return client.call(path, body, headers, timeoutMs);
  };

  close(): void {
    this.clients.forEach((client) => client.close());
  }
}
