import { Rejection } from '@guanxi/event-sourcing/rejection';
import type { Verify } from './auth.js';
import { headerOf, type CallMetadata } from './caller.js';

/** Subject of the gateway's own token, of kind SYSTEM. */
export const gatewaySubject = 'service:gateway';

/** Metadata by which the gateway vouches for a caller whose token was good when his batch began. */
export const vouching = { at: 'authorized-at', by: 'gateway-authorization' } as const;

const longestMs = 24 * 3600 * 1000;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

/** Since when the gateway says that the caller may call, Unix time in ms; undefined where it is not the gateway that says so, or not soberly. */
const vouchedSince = async (verify: Verify, metadata: CallMetadata, now: number): Promise<number | undefined> => {
  const text = headerOf(metadata, vouching.at) ?? '';
  const at = instant.test(text) ? Date.parse(text) : NaN;
  if (!(at <= now && at >= now - longestMs)) return undefined;
  const { subject, kind } = await verify(headerOf(metadata, vouching.by));
  return subject === gatewaySubject && kind === 'SYSTEM' ? at : undefined;
};

/**
 * The check of a call's own token, as of now or, where the gateway vouches for it, of the time when its batch began: a batch is
 * authorised once. Costs nothing while the token is good. @throws Rejection as `verify`
 */
export const verifyCall =
  (verify: Verify, clock: () => number = Date.now) =>
  async (metadata: CallMetadata): ReturnType<Verify> => {
    const authorization = headerOf(metadata, 'authorization');
    try {
      return await verify(authorization);
    } catch (error) {
      if (!(error instanceof Rejection && error.kind === 'unauthenticated')) throw error;
      const since = await vouchedSince(verify, metadata, clock());
      if (since === undefined) throw error;
      return await verify(authorization, since);
    }
  };
