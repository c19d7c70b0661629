import type { Account, ListAccountsRequest } from '@guanxi/contracts/guanxi/accounts/v1/account';
import type { Reading } from '@guanxi/service-kit/kit';
import { paged, type Page, type RawRow } from '@guanxi/service-kit/paged';

const conditions = {
  currency: (value: string) => `t.currency = ${value} and t.orders > 0`,
  kind: (value: string) => `a.kind = ${value}`,
  lifecycle: (value: string) => `a.lifecycle = ${value}`,
  segmentId: (value: string) => `a.segment_id = ${value}`,
  tag: (value: string) => `a.tags && array[${value}::text]`,
  country: (value: string) => `a.country = ${value}`,
  externalRef: (value: string) => `a.refs && array[${value}::text]`,
};

/** Accounts by what they bought in one currency; the turnovers' index gives the order, the accounts' columns filter. */
export const byAmount = (request: ListAccountsRequest, desc: boolean, { sql }: Reading): Promise<Page<Account>> => {
  const values: unknown[] = [];
  const asked = Object.entries(conditions).flatMap(([name, condition]) => {
    const value = request[name as keyof typeof conditions];
    return value === undefined || value === '' || value.endsWith('_UNSPECIFIED') ? [] : [condition(`$${values.push(value)}`)];
  });
  const [than, direction] = desc ? ['<', 'desc'] : ['>', 'asc'];
  const n = values.length;
  const read = (place: { value: string | null; key: string } | undefined, limit: number): Promise<RawRow[]> => {
    const after = place ? `and (t.amount_minor, t.key) ${than} ($${n + 2}::bigint, $${n + 3}::text)` : '';
    return sql<RawRow>(
      `select a.row::text as row, t.amount_minor::text as value, t.key
         from account_turnovers t join accounts a on a.key = t.account_id
        where ${asked.join(' and ')} ${after}
        order by t.amount_minor ${direction}, t.key ${direction} limit $${n + 1}`,
      [...values, limit, ...(place ? [place.value, place.key] : [])],
    );
  };
  return paged(read, { field: 'amount', desc }, request);
};
