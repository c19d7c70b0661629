import type { ServiceDefinition } from '@grpc/grpc-js';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { CallSchema, ReplySchema, type Call, type Reply } from '@guanxi/contracts/guanxi/common/v1/wire_pb';

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** `guanxi.common.v1.Wire` for grpc-js: the calls of one service, many at a time on one stream. */
export const wireDefinition = {
  calls: {
    path: '/guanxi.common.v1.Wire/Calls',
    requestStream: true,
    responseStream: true,
    requestSerialize: (call: Call) => bufferOf(toBinary(CallSchema, call)),
    requestDeserialize: (bytes: Buffer) => fromBinary(CallSchema, bytes),
    responseSerialize: (reply: Reply) => bufferOf(toBinary(ReplySchema, reply)),
    responseDeserialize: (bytes: Buffer) => fromBinary(ReplySchema, bytes),
  },
} satisfies ServiceDefinition;
