import type { Complaint } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import { CustomerQueries, type ComplaintsSection } from '@guanxi/contracts/guanxi/complaints/v1/customer';
import { sectionOf } from '@guanxi/service-kit/customer.section';

const counted = `
  select count(*) filter (where status not in ('CLOSED', 'WITHDRAWN'))::int as open, count(*)::int as total
    from complaints where account_id = $1::uuid and status <> 'VOIDED'`;

const last = `
  select row::text as row from complaints where account_id = $1::uuid and status <> 'VOIDED' order by received_at desc, key desc limit 5`;

/** One customer's complaints in short. */
export const customerQueries = sectionOf(CustomerQueries, async (accountId, { sql }): Promise<ComplaintsSection> => {
  const [counts, recent] = await Promise.all([
    sql<Pick<ComplaintsSection, 'open' | 'total'>>(counted, [accountId]),
    sql<{ row: string }>(last, [accountId]),
  ]);
  return { open: counts[0]?.open ?? 0, total: counts[0]?.total ?? 0, recent: recent.map((it) => JSON.parse(it.row) as Complaint) };
});
