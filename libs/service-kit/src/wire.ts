import type { ServiceDefinition } from '@grpc/grpc-js';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { CallBatchSchema, ReplyBatchSchema, type CallBatch, type ReplyBatch } from '@guanxi/contracts/guanxi/common/v1/wire_pb';

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** `guanxi.common.v1.Wire` for grpc-js: the calls of one service, many at a time on one stream. */
export const wireDefinition = {
  calls: {
    path: '/guanxi.common.v1.Wire/Calls',
    requestStream: true,
    responseStream: true,
    requestSerialize: (calls: CallBatch) => bufferOf(toBinary(CallBatchSchema, calls)),
    requestDeserialize: (bytes: Buffer) => fromBinary(CallBatchSchema, bytes),
    responseSerialize: (replies: ReplyBatch) => bufferOf(toBinary(ReplyBatchSchema, replies)),
    responseDeserialize: (bytes: Buffer) => fromBinary(ReplyBatchSchema, bytes),
  },
} satisfies ServiceDefinition;

/** A batch leaves before it grows past this, well below what either side takes. */
const fullAt = 256 * 1024;

/** Gathers what is written in one turn of the event loop, or until it is full, and sends it as one message. */
export const gathered = <T extends { readonly body: Uint8Array }>(send: (all: T[]) => void): ((one: T) => void) => {
  let all: T[] = [];
  let bytes = 0;
  const flush = (): void => {
    const leaving = all;
    all = [];
    bytes = 0;
    if (leaving.length > 0) send(leaving);
  };
  return (one) => {
    if (bytes > 0 && bytes + one.body.length > fullAt) flush();
    if (all.length === 0) setImmediate(flush);
    all.push(one);
    bytes += one.body.length;
  };
};
