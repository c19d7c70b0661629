import type { ServerDuplexStream } from '@grpc/grpc-js';
import { firstValueFrom, isObservable } from 'rxjs';
import { create } from '@bufbuild/protobuf';
import { ReplyBatchSchema, ReplySchema, type Call, type CallBatch, type Reply, type ReplyBatch } from '@guanxi/contracts/guanxi/common/v1/wire_pb';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import type { CallHandle } from './controllers.js';
import type { CallMetadata } from './caller.js';
import type { Refusal } from './errors.filter.js';
import { toStatus } from './errors.js';
import { gathered } from './wire.js';

/** Calls on one stream at the same time; more are refused, so that a wild client can't fill the memory. */
export const mostInFlight = 1024;

const overloaded = new Rejection('too-much-at-once', 'exhausted', 'Too many calls at once on this stream; try again a little later.');
const stopping = new Rejection('stopping', 'unavailable', 'The service is about to stop; nothing was done.');

/** A map with the face of grpc-js' Metadata, which costs more than the call's other work. */
const metadataOf = (map: Readonly<Record<string, string>>): CallMetadata => ({
  get: (name) => (Object.hasOwn(map, name) ? [map[name] as string] : []),
});

const textMap = (all: { readonly [key: string]: string | Buffer }): Record<string, string> =>
  Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)]));

/** A Nest handler of a unary rpc, guards and filters around it. */
export type RpcHandler = (bytes: Uint8Array, metadata: CallMetadata, call: CallHandle) => Promise<unknown>;

/** Runs a Nest handler as a unary call would, and answers with what came of it. Never throws. */
const answer = async (handler: RpcHandler, call: Call): Promise<Reply> => {
  let sent: Record<string, string> | undefined;
  const handle: CallHandle = { sendMetadata: (metadata) => (sent = textMap(metadata.getMap())) };
  try {
    const result = await handler(call.body, metadataOf(call.metadata), handle);
    const body = (isObservable(result) ? await firstValueFrom(result) : result) as Uint8Array;
    return create(ReplySchema, { id: call.id, body, ...(sent ? { metadata: sent } : {}) });
  } catch (error) {
    const { code, details, status } = error as Refusal;
    return create(ReplySchema, { id: call.id, code: code ?? 13, message: details ?? '', ...(status ? { status } : {}) });
  }
};

const refusal = (call: Call, rejection: Rejection): Reply => {
  const { code, message, details } = toStatus(rejection);
  return create(ReplySchema, { id: call.id, code, message, status: details });
};

const unknown = (call: Call): Reply => create(ReplySchema, { id: call.id, code: 12, message: 'no such call' });

/** One stream of the wire on the server's side. */
export class WireSession {
  private inFlight = 0;
  private stopping = false;
  private whenIdle: () => void = () => undefined;

  constructor(
    private readonly stream: ServerDuplexStream<CallBatch, ReplyBatch>,
    private readonly handlers: ReadonlyMap<string, RpcHandler>,
  ) {
    stream.on('data', ({ calls }: CallBatch) => calls.forEach((call) => void this.take(call)));
    // A client that reads no answers is not read from either.
    stream.on('drain', () => stream.resume());
    stream.on('end', () => void this.drain());
    stream.on('error', () => stream.destroy());
  }

  /** Refuses new calls, finishes those in flight, ends the stream. */
  async drain(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    if (this.inFlight > 0) await new Promise<void>((resolve) => (this.whenIdle = resolve));
    // The last answers leave at the end of this turn.
    await new Promise((resolve) => setImmediate(resolve));
    this.stream.end();
  }

  private async take(call: Call): Promise<void> {
    const handler = this.handlers.get(call.path);
    if (!handler) return this.write(unknown(call));
    if (this.stopping) return this.write(refusal(call, stopping));
    if (this.inFlight >= mostInFlight) return this.write(refusal(call, overloaded));
    this.inFlight++;
    this.write(await answer(handler, call));
    if (--this.inFlight === 0) this.whenIdle();
  }

  private readonly write = gathered<Reply>((replies) => {
    if (this.stream.writable && !this.stream.write(create(ReplyBatchSchema, { replies }))) this.stream.pause();
  });
}
