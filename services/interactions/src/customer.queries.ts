import type { KeyCount } from '@guanxi/contracts/guanxi/common/v1/shared';
import { CustomerQueries, type InteractionsSection } from '@guanxi/contracts/guanxi/interactions/v1/customer';
import { sectionOf } from '@guanxi/service-kit/customer.section';
import { interactionView } from './interaction.view.js';

const byType = `select type as key, count(*)::int as count from interactions
                 where account_id = $1 and status <> 'VOIDED' group by type order by 2 desc, 1`;

/** Interactions' section of the page of one customer. */
export const customerQueries = sectionOf(CustomerQueries, async (accountId, { read, sql }): Promise<InteractionsSection> => {
  const [counts, { rows: recent }] = await Promise.all([
    sql<KeyCount>(byType, [accountId]),
    read(interactionView).list({ accountId, status: 'LOGGED' }, { pageSize: 5 }, 'startedAt desc'),
  ]);
  return { total: counts.reduce((sum, { count }) => sum + count, 0), byType: counts, lastAt: recent[0]?.startedAt, recent };
});
