import { takesAsOf } from '@guanxi/contracts/as-of';
import type { Query } from '@guanxi/contracts/request';
import type { Route } from '@guanxi/contracts/routes';
import { instant } from '@guanxi/contracts/scalars';
import { invalid } from '@guanxi/event-sourcing/rejection';
import type { CallHeaders } from './peers.js';

/** A query string without the moment that it names, and the moment as metadata of the call. */
export interface Split {
  readonly query: Query;
  readonly headers: CallHeaders;
}

const parameters = [
  { kind: 'time', names: ['asOf', 'as_of'], header: 'as-of' },
  { kind: 'position', names: ['asOfPosition', 'as_of_position'], header: 'as-of-position' },
] as const;

const readers = {
  time: (text: string): string => {
    const read = instant(text);
    if (typeof read !== 'string') throw invalid('as-of-invalid', 'asOf', read.faults[0]?.message ?? 'must be a time');
    return read;
  },
  position: (text: string): string => {
    if (!/^\d{1,15}$/.test(text)) throw invalid('as-of-invalid', 'asOfPosition', 'must be a position, a whole number');
    return text;
  },
};

/**
 * Takes `asOf` and `asOfPosition` out of a query string. Where the route does not take them they stay, unknown as any other.
 * @throws Rejection as-of-invalid
 */
export const splitAsOf = (route: Route): ((query: Query) => Split) => {
  const takes = takesAsOf(route);
  const taken = parameters.filter(({ kind }) => takes[kind]);
  const none = {};
  return (query) => {
    const stated = taken.flatMap(({ kind, names, header }) => names.flatMap((name) => (name in query ? [{ kind, name, header }] : [])));
    if (stated.length === 0) return { query, headers: none };
    const [{ kind, name, header }, ...more] = stated as [(typeof stated)[0], ...typeof stated];
    const field = kind === 'time' ? 'asOf' : 'asOfPosition';
    if (more.length > 0) throw invalid('as-of-invalid', more[0]?.name ?? field, 'may not stand beside another moment');
    const { [name]: given = '', ...rest } = query;
    if (typeof given !== 'string') throw invalid('as-of-invalid', field, 'may be given once');
    return { query: rest, headers: { [header]: readers[kind](given) } };
  };
};
