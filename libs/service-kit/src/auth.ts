import { hash } from 'node:crypto';
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
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

/**
 * Checks an `Authorization` header, as of now or of an earlier time (Unix, in ms).
 * @throws Rejection unauthenticated without any detail, or unavailable without the issuer's keys
 */
export type Verify = (authorization: string | undefined, asOf?: number) => Promise<Principal>;

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
/** What was found of a token is believed this long without a new look at its signature (about 150 µs). */
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

/** What was found of a token, until when; without a principal it had expired. */
interface Finding {
  readonly principal?: Principal;
  readonly until: number;
}

const check = async (token: string, options: AuthOptions, keys: JWTVerifyGetKey, at: number): Promise<{ principal: Principal; expires: number }> => {
  checkParts(token);
  const { payload } = await jwtVerify(token, keys, {
    issuer: options.issuer,
    audience: options.audience,
    algorithms: ['ES256'],
    typ: 'at+jwt',
    clockTolerance: toleranceS,
    currentDate: new Date(at),
  });
  if (!isForUs(payload, options.audience) || !lives(payload, at / 1000)) throw refused();
  return { principal: principalOf(payload), expires: (payload.exp ?? 0) * 1000 };
};

const bearerOf = (authorization = ''): string => {
  const token = authorization.length <= maxBytes ? /^Bearer ([^ ]+)$/i.exec(authorization)?.[1] : undefined;
  if (!token) throw refused();
  return token;
};

/** Makes the check of bearer tokens: ES256, `at+jwt`, at most 24 h long, one issuer, one audience. */
export const verifier = (options: AuthOptions, clock: () => number = Date.now): Verify => {
  const keys = keySet(options.jwks, clock);
  const believed = new Map<string, Finding>();
  const remember = (id: string, found: Finding): void => {
    believed.delete(id);
    const [oldest] = believed.keys();
    if (believed.size >= believedTokens && oldest !== undefined) believed.delete(oldest);
    believed.set(id, found);
  };
  return async (authorization, asOf) => {
    const token = bearerOf(authorization);
    const now = clock();
    const digest = hash('sha256', token, 'base64');
    const id = asOf === undefined ? digest : `${digest} ${asOf}`;
    const known = believed.get(id);
    if (known && known.until > now) {
      if (known.principal) return known.principal;
      throw refused();
    }
    try {
      const { principal, expires } = await check(token, options, keys, asOf ?? now);
      remember(id, { principal, until: asOf === undefined ? Math.min(expires, now + believedMs) : now + believedMs });
      return principal;
    } catch (error) {
      if (error instanceof KeysUnavailable) throw new Rejection('keys-unavailable', 'unavailable', 'Tokens cannot be checked at the moment.');
      if (error instanceof errors.JWTExpired) remember(id, { until: now + believedMs });
      throw refused();
    }
  };
};
