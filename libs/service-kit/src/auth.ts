import { hash } from 'node:crypto';
import { jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { keySet, KeysUnavailable } from './keys.js';
import { repeatsKey } from './repeated-key.js';

/** Who calls, as the token says. */
export interface Principal {
  /** Pseudonymous, never a name. */
  readonly subject: string;
  readonly kind: 'OPERATOR' | 'CUSTOMER' | 'SYSTEM' | 'PARTNER';
  readonly roles: readonly string[];
  readonly segment: string;
}

/** Checks an `Authorization` header. @throws Rejection unauthenticated without any detail, or unavailable without the issuer's keys */
export type Verify = (authorization: string | undefined) => Promise<Principal>;

/** Whose tokens are good here. */
export interface AuthOptions {
  readonly issuer: string;
  readonly audience: string;
  /** A file or an https address. */
  readonly jwks: string;
}

const maxBytes = 8192;
const maxLifetimeS = 24 * 3600;
const toleranceS = 5;
/** A verified token is believed this long without a new look at its signature (about 150 µs). */
const believedMs = 60_000;
const believedTokens = 10_000;

const kinds = ['OPERATOR', 'CUSTOMER', 'SYSTEM', 'PARTNER'];
const headers = ['alg', 'kid', 'typ'];
const compact = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}$/;
const printable = /^[\x21-\x7e]{1,200}$/;

const refused = (): Rejection => new Rejection('unauthenticated', 'unauthenticated', 'A valid bearer token is needed.');

const isText = (value: unknown): value is string => typeof value === 'string' && printable.test(value);

const textOf = (part: string): string => {
  const bytes = Buffer.from(part, 'base64url');
  // One token has one spelling; the decoder would take others.
  if (bytes.toString('base64url') !== part) throw refused();
  return bytes.toString('utf8');
};

/** What a JOSE library leaves open: header parameters that we never want, and keys given twice. */
const checkParts = (token: string): void => {
  if (!compact.test(token)) throw refused();
  const [header = '', payload = '', signature = ''] = token.split('.');
  const headerText = textOf(header);
  const names = Object.keys(JSON.parse(headerText) as object);
  if (names.some((name) => !headers.includes(name)) || repeatsKey(headerText) || repeatsKey(textOf(payload))) throw refused();
  textOf(signature);
};

const isForUs = ({ aud }: JWTPayload, audience: string): boolean => [aud].flat().length === 1 && [aud].flat()[0] === audience;

const lives = ({ iat, exp }: JWTPayload, now: number): boolean => {
  if (iat === undefined || exp === undefined || !Number.isInteger(iat) || !Number.isInteger(exp)) return false;
  return iat <= now + toleranceS && exp > iat && exp - iat <= maxLifetimeS;
};

const principalOf = ({ sub, jti, kind = 'OPERATOR', roles = [], segment = 'default' }: JWTPayload): Principal => {
  const texts = [sub, jti, segment, ...(Array.isArray(roles) ? (roles as unknown[]) : [undefined])];
  if (!texts.every(isText) || !kinds.includes(kind as string)) throw refused();
  return { subject: sub as string, kind: kind as Principal['kind'], roles: roles as string[], segment: segment as string };
};

const check = async (token: string, options: AuthOptions, keys: JWTVerifyGetKey, now: number): Promise<{ principal: Principal; until: number }> => {
  checkParts(token);
  const { payload } = await jwtVerify(token, keys, {
    issuer: options.issuer,
    audience: options.audience,
    algorithms: ['ES256'],
    typ: 'at+jwt',
    clockTolerance: toleranceS,
    currentDate: new Date(now),
  });
  if (!isForUs(payload, options.audience) || !lives(payload, now / 1000)) throw refused();
  return { principal: principalOf(payload), until: Math.min((payload.exp ?? 0) * 1000, now + believedMs) };
};

/** Makes the check of bearer tokens: ES256, `at+jwt`, at most 24 h long, one issuer, one audience. */
export const verifier = (options: AuthOptions, clock: () => number = Date.now): Verify => {
  const keys = keySet(options.jwks, clock);
  const believed = new Map<string, { principal: Principal; until: number }>();
  return async (authorization) => {
    const token = /^Bearer ([^ ]+)$/i.exec(authorization && authorization.length <= maxBytes ? authorization : '')?.[1];
    if (!token) throw refused();
    const now = clock();
    const digest = hash('sha256', token, 'base64');
    const known = believed.get(digest);
    if (known && known.until > now) return known.principal;
    try {
      const checked = await check(token, options, keys, now);
      believed.delete(digest);
      const [oldest] = believed.keys();
      if (believed.size >= believedTokens && oldest !== undefined) believed.delete(oldest);
      believed.set(digest, checked);
      return checked.principal;
    } catch (error) {
      if (error instanceof KeysUnavailable) throw new Rejection('keys-unavailable', 'unavailable', 'Tokens cannot be checked at the moment.');
      throw refused();
    }
  };
};
