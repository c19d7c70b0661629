import type { DescMethod } from '@bufbuild/protobuf';
import type { Call, CallHeaders } from './peers.js';

/** An rpc of the gateway's own: the request's bytes and headers → the answer's bytes. */
export type OwnCall = (body: Uint8Array, headers: CallHeaders) => Promise<Uint8Array>;

/** Answers these rpcs here and passes every other on: to the doors the gateway is one more service. */
export const withOwn = (call: Call, own: readonly (readonly [DescMethod, OwnCall])[]): Call => {
  const byPath = new Map(own.map(([{ parent, name }, answer]) => [`/${parent.typeName}/${name}`, answer]));
  return async (service, path, body, headers, timeoutMs) => {
    const answer = byPath.get(path);
    return answer ? { body: await answer(body, headers), metadata: {} } : call(service, path, body, headers, timeoutMs);
  };
};
