import type { Route } from './routes.js';
import { sourceOf } from './services.js';

/** Which parameters of a moment a route takes, besides its own. */
export interface TakesAsOf {
  /** `asOf`: a time. */
  readonly time: boolean;
  /** `asOfPosition`: a position in the history of the one service that answers. */
  readonly position: boolean;
}

/** Every query that one service answers can be read as of an earlier moment; of the gateway's own those whose answer says `asOf`. */
export const takesAsOf = ({ kind, verb, service, method }: Route): TakesAsOf => {
  if (kind !== 'query' || verb !== 'GET') return { time: false, position: false };
  const ofOne = sourceOf(service) !== 'gateway';
  return { time: ofOne || method.output.fields.some((it) => it.name === 'as_of'), position: ofOne };
};
