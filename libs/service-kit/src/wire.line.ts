import { Client, Metadata } from '@grpc/grpc-js';
import { create } from '@bufbuild/protobuf';
import { CallBatchSchema, CallSchema, type Call, type CallBatch, type Reply, type ReplyBatch } from '@guanxi/contracts/guanxi/common/v1/wire_pb';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { fromStatus } from './errors.js';
import { channelCredentials, type Tls } from './tls.js';
import { gathered, wireDefinition } from './wire.js';

/** The bytes of the answer and its metadata. */
export interface WireAnswer {
  readonly body: Uint8Array;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Waiting {
  readonly resolve: (answer: WireAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Quick to come back after a restart, and a dead peer is noticed within 15 s. */
const channel = {
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.max_receive_message_length': 4 * 1024 * 1024,
  'grpc.use_local_subchannel_pool': 1,
};

/** So long a look for a connection lasts; the library keeps the process up until then. */
const patienceMs = 1_000;

const { path, requestSerialize, responseDeserialize } = wireDefinition.calls;

/** One stream to one address; opened at the first call, and again at the next call after it broke. */
export class WireLine {
  private readonly client: Client;
  private readonly waiting = new Map<number, Waiting>();
  private stream: { readonly write: (call: Call) => void; readonly end: () => void } | undefined;
  private last = 0;
  private closed = false;
  private connected = true;
  private reconnecting = false;

  constructor(
    readonly address: string,
    private readonly mostInFlight: number,
    tls?: Tls,
    /** Whose certificate it has to be: the name that was looked up. */
    name?: string,
  ) {
    this.client = new Client(address, channelCredentials(tls), { ...channel, ...(tls && name && { 'grpc.ssl_target_name_override': name }) });
  }

  /** False from a break on until the connection stands again: without calls in flight it would seem the best one. */
  get isUp(): boolean {
    return this.connected;
  }

  get inFlight(): number {
    return this.waiting.size;
  }

  /** @throws Rejection as the service said, or unavailable, or exhausted; Failure */
  call(rpc: string, body: Uint8Array, metadata: Readonly<Record<string, string>>, timeoutMs: number): Promise<WireAnswer> {
    if (this.waiting.size >= this.mostInFlight)
      return Promise.reject(new Rejection('too-much-at-once', 'exhausted', 'Too many calls at once to this service; try again a little later.'));
    const id = (this.last = (this.last + 1) >>> 0);
    const stream = (this.stream ??= this.open());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.settle(id)?.reject(fromStatus(4, '', undefined)), timeoutMs);
      this.waiting.set(id, { resolve, reject, timer });
      stream.write(create(CallSchema, { id, path: rpc, body, metadata: { ...metadata }, timeoutMs }));
    });
  }

  close(): void {
    this.closed = true;
    this.stream?.end();
    this.client.close();
  }

  private open(): NonNullable<WireLine['stream']> {
    const stream = this.client.makeBidiStreamRequest<CallBatch, ReplyBatch>(path, requestSerialize, responseDeserialize, new Metadata());
    const opened = { write: gathered<Call>((calls) => stream.write(create(CallBatchSchema, { calls }))), end: () => stream.end() };
    const broken = () => {
      if (this.stream !== opened) return;
      this.stream = undefined;
      this.connected = false;
      for (const id of [...this.waiting.keys()]) this.settle(id)?.reject(fromStatus(14, '', undefined));
    };
    stream.on('data', ({ replies }: ReplyBatch) => replies.forEach((reply) => this.take(reply)));
    stream.on('error', broken);
    stream.on('end', broken);
    return opened;
  }

  /** Looks whether the address answers again; for who has another line meanwhile: a call of its own would find out sooner. */
  reconnect(): void {
    if (this.reconnecting || this.closed) return;
    this.reconnecting = true;
    this.client.waitForReady(Date.now() + patienceMs, (error) => {
      this.reconnecting = false;
      this.connected ||= error === undefined;
    });
  }

  private take({ id, code, message, body, metadata, status }: Reply): void {
    this.connected = true;
    const it = this.settle(id);
    if (code === 0) it?.resolve({ body, metadata });
    else it?.reject(fromStatus(code, message, status));
  }

  private settle(id: number): Waiting | undefined {
    const it = this.waiting.get(id);
    if (!it) return undefined;
    clearTimeout(it.timer);
    this.waiting.delete(id);
    return it;
  }
}
