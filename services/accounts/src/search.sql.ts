import { wholesOf, wordsOf, type Word } from './search.terms.js';

/** A query, taken apart. */
export interface Search {
  readonly words: readonly Word[];
  /** Terms of what is meant whole. */
  readonly wholes: readonly string[];
}

/** A statement with its parameters: what people look for never stands in its text. */
export interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

/** Where the page before ended. */
export interface After {
  readonly isExact: boolean;
  readonly accountId: string;
}

/** Takes a query apart. */
export const searchOf = (q: string): Search => ({ words: wordsOf(q), wholes: wholesOf(q) });

/** Numbers parameters as they come up. */
const parameters = () => {
  const values: unknown[] = [];
  return { values, of: (value: unknown, type: string): string => `$${values.push(value)}::${type}` };
};
type Parameters = ReturnType<typeof parameters>;

/** The terms find candidates by the index; the text then decides, since pairs of characters may stand apart. */
const holds = (entry: string, { terms, like, whole }: Word, { of }: Parameters): string => {
  const isWhole = `${entry}.terms @> ${of([whole], 'text[]')}`;
  return terms.length === 0 ? isWhole : `(${entry}.terms @> ${of(terms, 'text[]')} and ${entry}.text like ${of(like, 'text')} or ${isWhole})`;
};

/**
 * A page of customers: first those who are meant exactly, then those of whom all words are found, some at the account, some at its
 * contacts. Both parts go by the account's id, so that what half of all customers have is walked by that index no further than a page;
 * with `not exists` for `not in` PostgreSQL joined all of them first (2 to 4 s, of 360,000 entries).
 */
export const customersFound = ({ words, wholes }: Search, after: After | undefined, limit: number): Statement => {
  const parameter = parameters();
  const meant = parameter.of(wholes, 'text[]');
  const page = `order by e.account_id limit ${parameter.of(limit, 'int')}`;
  const later = after ? `and e.account_id > ${parameter.of(after.accountId, 'uuid')}` : '';
  const exact = `select distinct '0' as value, e.account_id from search_entries e where e.terms && ${meant} ${later} ${page}`;
  const [first, ...more] = words.map((it, n) => holds(n === 0 ? 'e' : 'o', it, parameter));
  const others = more.map((it) => `and exists (select from search_entries o where o.account_id = e.account_id and ${it})`).join(' ');
  const rest = `select distinct '1' as value, e.account_id from search_entries e where ${first} ${others} ${after?.isExact === false ? later : ''}
                   and e.account_id not in (select x.account_id from search_entries x where x.terms && ${meant}) ${page}`;
  const parts = after?.isExact === false ? [rest] : [exact, rest];
  return {
    values: parameter.values,
    text: `select json_build_object('accountId', f.account_id, 'displayName', coalesce(a.row->>'displayName', ''),
             'kind', coalesce(a.kind, 'KIND_UNSPECIFIED'), 'lifecycle', coalesce(a.lifecycle, 'LIFECYCLE_UNSPECIFIED'))::text as row,
             f.value, f.account_id::text as key
        from (${parts.map((it) => `select * from (${it}) part`).join(' union all ')} order by value, account_id limit ${parameter.of(limit, 'int')}) f
        left join accounts a on a.key = f.account_id order by f.value, f.account_id`,
  };
};

/** The entries of some accounts in which a word was found. */
export const entriesFound = ({ words, wholes }: Search, accountIds: readonly string[]): Statement => {
  const parameter = parameters();
  const own = `e.account_id = any(${parameter.of(accountIds, 'uuid[]')})`;
  const any = [`e.terms && ${parameter.of(wholes, 'text[]')}`, ...words.map((it) => holds('e', it, parameter))];
  return { values: parameter.values, text: `select e.row::text as row from search_entries e where ${own} and (${any.join(' or ')})` };
};
