import {
  AccountQueries,
  type Account,
  type AccountSummaryTrade,
  type AccountTrade,
  type ListAccountsRequest,
} from '@guanxi/contracts/guanxi/accounts/v1/account';
import type { KeyCount } from '@guanxi/contracts/guanxi/common/v1/shared';
import { plus } from '@guanxi/event-sourcing/amount';
import { queriesOf } from '@guanxi/service-kit/controllers';
import type { Reading } from '@guanxi/service-kit/kit';
import type { Page } from '@guanxi/service-kit/paged';
import { byAmount } from './account.by-amount.js';
import { accountView } from './account.view.js';

type Ends = Pick<AccountTrade, 'currency' | 'firstOrderedAt' | 'lastOrderedAt'> & { accountId: string };

const hasVoid = ({ trade }: Account): boolean => trade.some((it) => it.voided > 0);

/**
 * The first and the last day of what still counts. A fold cannot tell them once a void took the first or the last order away, since it
 * knows one event and one row; so accounts that ever had a void order, and only those, are looked up among their orders.
 */
const withEnds = async (accounts: readonly Account[], { sql }: Reading): Promise<Account[]> => {
  const touched = accounts.filter(hasVoid).map((it) => it.accountId);
  if (touched.length === 0) return [...accounts];
  const found = await sql<Ends>(
    `select account_id::text as "accountId", currency, min(row->>'orderedAt') as "firstOrderedAt", max(row->>'orderedAt') as "lastOrderedAt"
       from orders where account_id = any($1::uuid[]) and status <> 'VOIDED' group by account_id, currency`,
    [touched],
  );
  const ends = new Map(found.map(({ accountId, currency, ...it }) => [`${accountId}:${currency}`, it]));
  const mended = ({ accountId, trade, ...it }: Account): Account => ({
    ...it,
    accountId,
    trade: trade.map(({ firstOrderedAt: _first, lastOrderedAt: _last, ...one }) => ({ ...one, ...ends.get(`${accountId}:${one.currency}`) })),
  });
  return accounts.map((it) => (hasVoid(it) ? mended(it) : it));
};

/** How many complaints of each account are open, as far as we have heard. */
const withComplaints = async (accounts: readonly Account[], { sql }: Reading): Promise<Account[]> => {
  if (accounts.length === 0) return [];
  const found = await sql<{ accountId: string; open: number }>(
    `select account_id::text as "accountId", count(*)::int as open from account_complaints where account_id = any($1::uuid[]) and open group by 1`,
    [accounts.map((it) => it.accountId)],
  );
  const open = new Map(found.map((it) => [it.accountId, it.open]));
  return accounts.map((it) => ({ ...it, openComplaints: open.get(it.accountId) ?? 0 }));
};

/** Accounts with what is looked up for each answer. */
export const complete = async (accounts: readonly Account[], reading: Reading): Promise<Account[]> =>
  withComplaints(await withEnds(accounts, reading), reading);

const pageOf = (request: ListAccountsRequest, reading: Reading): Promise<Page<Account>> => {
  const { externalRef, kind, lifecycle, segmentId, tag, country, currency } = request;
  const amount = /^amount(?: (asc|desc))?$/.exec(request.orderBy);
  if (amount) return byAmount(request, amount[1] === 'desc', reading);
  return reading.read(accountView).list({ refs: externalRef, kind, lifecycle, segmentId, tags: tag, country, currencies: currency }, request);
};

const counts = (sql: Reading['sql'], column: string): Promise<KeyCount[]> =>
  sql<KeyCount>(`select ${column} as key, count(*)::int as count from accounts group by 1 order by 2 desc, 1`);

/** Answers about accounts, from their rows. */
export const accountQueries = queriesOf(AccountQueries, {
  getAccount: async ({ accountId }, reading) => {
    const [account] = await complete([await reading.read(accountView).get(accountId)], reading);
    return account as Account;
  },
  listAccounts: async (request, reading) => {
    const { rows, nextPageToken } = await pageOf(request, reading);
    return { accounts: await complete(rows, reading), nextPageToken };
  },
  summarizeAccounts: async (_, { sql }) => {
    const [byKind, byLifecycle, trade] = await Promise.all([
      counts(sql, 'kind'),
      counts(sql, 'lifecycle'),
      sql<AccountSummaryTrade>(
        `select currency, count(*) filter (where orders > 0)::int as accounts, sum(orders)::int as orders, sum(returns)::int as returns,
                sum(quantity::numeric)::text as quantity, sum(amount_minor)::text as "amountMinor"
           from account_turnovers group by currency having sum(orders) > 0 order by currency`,
      ),
    ]);
    const total = byKind.reduce((sum, it) => sum + it.count, 0);
    // PostgreSQL keeps the zeros behind the point (1.50), the contract does not.
    return { total, byKind, byLifecycle, trade: trade.map((it) => ({ ...it, quantity: plus(it.quantity, '0') })) };
  },
});
