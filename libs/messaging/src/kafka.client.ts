import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs, { type Kafka } from 'kafkajs';
import { patchTimers } from './kafka.patch.js';

/** Where the brokers are and how a client shows who it is. */
export interface KafkaAddress {
  /** `host:port`, some of the cluster's brokers. */
  readonly brokers: readonly string[];
  /** The process's name in the brokers' logs and quotas. */
  readonly clientId: string;
  /** True: TLS with the system's authorities; PEM texts for others. */
  readonly ssl?: boolean | { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string };
  /** What the client complains of while it tries again by itself; no keys, no values. */
  readonly onWarning?: (text: string, facts: Readonly<Record<string, string | number>>) => void;
}

/** A request that is not answered by then has failed. */
export const requestTimeoutMs = 10_000;
const connectionTimeoutMs = 3_000;
const farewellMs = 5_000;

/** What may be told of a warning; everything else in it might be a value, a stack or an object. */
const told = ['broker', 'groupId', 'memberId', 'topic', 'partition', 'error', 'retryCount', 'retryTime'];

const { CompressionCodecs, CompressionTypes, logLevel } = kafkajs;
const zstd = { compress: promisify(zstdCompress), decompress: promisify(zstdDecompress) };

patchTimers();
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: ({ buffer }: { buffer: Buffer }) => zstd.compress(buffer),
  decompress: (buffer: Buffer) => zstd.decompress(buffer),
});

/**
 * A client of kafkajs. One for each consumer: consumers of one client and group share a note of their offsets and spoil it for each other.
 * `retries` is how often it repeats a request by itself, after 100 ms and twice as long each time.
 */
export const kafkaClient = ({ brokers, clientId, ssl, sasl, onWarning }: KafkaAddress, retries: number): Kafka =>
  new kafkajs.Kafka({
    brokers: [...brokers],
    clientId,
    ssl: typeof ssl === 'object' ? { ...ssl } : ssl,
    // A union of mechanisms in kafkajs' types; the same three fields in each.
    sasl: sasl && ({ ...sasl } as { mechanism: 'plain'; username: string; password: string }),
    connectionTimeout: connectionTimeoutMs,
    authenticationTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    retry: { retries, initialRetryTime: 100, maxRetryTime: 1_000, factor: 0.2, multiplier: 2 },
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ log }) => {
        const facts = Object.entries(log).filter(([name, value]) => told.includes(name) && ['string', 'number'].includes(typeof value));
        onWarning?.(log.message, Object.fromEntries(facts));
      },
  });

/** Kafka's name of an error (`UNKNOWN_TOPIC_OR_PARTITION`), however often it was wrapped; undefined where Kafka did not answer. */
export const kafkaCode = (error: unknown): string | undefined => {
  for (let it = error as { type?: unknown; cause?: unknown } | undefined; it; it = it.cause as typeof it)
    if (typeof it.type === 'string') return it.type;
  return undefined;
};

/** Waits for an ending, but not for ever: a broken connection may never end by itself. Never throws. */
export const farewell = (ending: Promise<unknown> | undefined): Promise<unknown> =>
  Promise.race([ending?.catch(() => undefined), pause(farewellMs, undefined, { ref: false })]);
