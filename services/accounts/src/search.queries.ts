import { SearchQueries, type Customer, type CustomerMatch, type SearchEntry } from '@guanxi/contracts/guanxi/accounts/v1/search';
import { queriesOf } from '@guanxi/service-kit/controllers';
import type { Reading } from '@guanxi/service-kit/kit';
import { paged, type RawRow } from '@guanxi/service-kit/paged';
import { customersFound, entriesFound, searchOf, type Search } from './search.sql.js';
import { plain, searchable } from './search.terms.js';

type Found = Pick<Customer, 'accountId' | 'displayName' | 'kind' | 'lifecycle'>;

const exact = '0';

/** What of an entry a word was found in. */
const matchesOf = ({ entryId, accountId, name, externalRefs, tags }: SearchEntry, { words, wholes }: Search): CustomerMatch[] => {
  const isIn = (texts: readonly string[]): boolean => {
    const text = searchable(texts);
    return words.some(({ terms, like }) => terms.length > 0 && text.includes(like.replaceAll('%', '')));
  };
  const asked = new Set([...wholes, ...words.map((it) => it.whole)]);
  const isOne = (texts: readonly string[]): boolean => texts.some((it) => asked.has(`=${plain(it)}`));
  if (entryId !== accountId) return ['CONTACT'];
  return [
    ...(isIn([name]) || isOne([name]) ? ['NAME' as const] : []),
    ...(isOne(externalRefs.flatMap(({ system, id }) => [id, `${system}:${id}`])) ? ['EXTERNAL_REF' as const] : []),
    ...(isIn(tags) ? ['TAG' as const] : []),
  ];
};

const withMatches = async (found: readonly Found[], search: Search, { sql }: Reading): Promise<Customer[]> => {
  const { text, values } = entriesFound(
    search,
    found.map((it) => it.accountId),
  );
  const entries = (await sql<{ row: string }>(text, values)).map((it) => JSON.parse(it.row) as SearchEntry);
  const matched = new Map<string, Set<CustomerMatch>>();
  for (const it of entries) matched.set(it.accountId, new Set([...(matched.get(it.accountId) ?? []), ...matchesOf(it, search)]));
  return found.map((it) => ({ ...it, matched: [...(matched.get(it.accountId) ?? [])].sort() }));
};

/** Finds customers by what somebody remembers of them. */
export const searchQueries = queriesOf(SearchQueries, {
  searchCustomers: async ({ q, ...page }, reading) => {
    const search = searchOf(q);
    const read = (after: { value: string | null; key: string } | undefined, limit: number): Promise<RawRow[]> => {
      const { text, values } = customersFound(search, after && { isExact: after.value === exact, accountId: after.key }, limit);
      return reading.sql<RawRow>(text, values);
    };
    const { rows, nextPageToken } = await paged<Found>(read, { field: 'found', desc: false }, page);
    return { customers: rows.length > 0 ? await withMatches(rows, search, reading) : [], nextPageToken };
  },
});
