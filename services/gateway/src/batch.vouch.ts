import { Rejection } from '@guanxi/event-sourcing/rejection';
import { vouching } from '@guanxi/service-kit/vouched';
import type { Call, CallHeaders } from './peers.js';

/**
 * The calls of a batch that was authorised at `began`. Once a service finds its token expired, the gateway says by a token of its
 * own that it was good then; before that it would be half a kilobyte a line for nothing.
 */
export const vouched = (call: Call, token: () => Promise<string>, began = new Date()): Call => {
  let outlived = false;
  return async (service, path, body, headers, timeoutMs) => {
    const send = async (): ReturnType<Call> => {
      const more: CallHeaders = { [vouching.at]: began.toISOString(), [vouching.by]: await token() };
      return call(service, path, body, { ...headers, ...more }, timeoutMs);
    };
    if (outlived) return send();
    try {
      return await call(service, path, body, headers, timeoutMs);
    } catch (error) {
      if (!(error instanceof Rejection && error.kind === 'unauthenticated')) throw error;
      outlived = true;
      return send();
    }
  };
};
