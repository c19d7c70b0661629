import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { fromStatus } from './errors.js';
import type { Tls } from './tls.js';
import { WireLine, type WireAnswer } from './wire.line.js';

/** How long a name's addresses are believed. */
const believedMs = 10_000;

const split = (target: string): [host: string, port: string] => {
  const at = target.lastIndexOf(':');
  return [target.slice(0, at).replace(/^\[|\]$/g, ''), target.slice(at + 1)];
};

const joined = (host: string, port: string): string => (isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`);

const addressesAt = async (target: string): Promise<string[]> => {
  const [host, port] = split(target);
  if (isIP(host)) return [target];
  return (await lookup(host, { all: true, order: 'ipv4first' })).map(({ address }) => joined(address, port));
};

const addressesOf = async (target: string): Promise<string[]> => (await Promise.all(target.split('+').map(addressesAt))).flat();

/** The calls of one service, carried on one stream for each of its addresses; the least busy one that is up takes the next call. */
export class WireClient {
  private lines: readonly WireLine[] = [];
  private resolvedAt = -Infinity;
  private resolving: Promise<void> | undefined;

  constructor(
    /** host:port, several joined by `+` */
    readonly target: string,
    private readonly mostInFlight = 1024,
    private readonly tls?: Tls,
  ) {}

  /**
   * One unary call: path, request bytes, gRPC metadata in lower case, milliseconds to wait.
   * @throws Rejection as the service said; unavailable when it can't be reached, breaks off or is late; exhausted; Failure
   */
  async call(path: string, body: Uint8Array, metadata: Readonly<Record<string, string>>, timeoutMs = 10_000): Promise<WireAnswer> {
    if (this.lines.length === 0) await this.resolve();
    else if (performance.now() - this.resolvedAt > believedMs) void this.resolve();
    const up = this.lines.filter((it) => it.isUp);
    if (up.length > 0 && up.length < this.lines.length) this.lines.filter((it) => !it.isUp).forEach((it) => it.reconnect());
    const [first, ...rest] = up.length > 0 ? up : this.lines;
    if (!first) throw fromStatus(14, '', undefined);
    return rest.reduce((best, line) => (line.inFlight < best.inFlight ? line : best), first).call(path, body, metadata, timeoutMs);
  }

  close(): void {
    this.lines.forEach((line) => line.close());
    this.lines = [];
  }

  private resolve(): Promise<void> {
    return (this.resolving ??= addressesOf(this.target)
      .then((addresses) => this.use(addresses))
      .catch(() => undefined)
      .finally(() => (this.resolving = undefined)));
  }

  private use(addresses: readonly string[]): void {
    this.resolvedAt = performance.now();
    const gone = this.lines.filter((line) => !addresses.includes(line.address));
    const known = new Map(this.lines.map((line) => [line.address, line]));
    this.lines = addresses.map((address) => known.get(address) ?? new WireLine(address, this.mostInFlight, this.tls, split(this.target)[0]));
    gone.forEach((line) => line.close());
  }
}
