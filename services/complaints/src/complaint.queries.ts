import { ComplaintQueries, type ListComplaintsRequest } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import type { KeyCount } from '@guanxi/contracts/guanxi/common/v1/shared';
import { invalid } from '@guanxi/event-sourcing/rejection';
import { queriesOf } from '@guanxi/service-kit/controllers';
import { complaintView } from './complaint.view.js';

/** A date means its first moment in UTC. @throws Rejection where there is no such day or time */
const instant = (field: 'from' | 'to', text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  const day = text.slice(0, 10);
  const [midnight, time] = [new Date(`${day}T00:00:00Z`), new Date(text)];
  const exists = !Number.isNaN(time.getTime()) && midnight.toISOString().startsWith(day);
  // PostgreSQL knows no year 0.
  if (!exists || !/^[0-9]{4}-/.test(time.toISOString()) || time.toISOString().startsWith('0000'))
    throw invalid('filter-invalid', field, 'must be a day or time that exists');
  return time.toISOString();
};

type Asked = Pick<ListComplaintsRequest, 'accountId' | 'status' | 'category' | 'from' | 'to'>;

const named = (status: string | undefined): string | null => (status === undefined || status === 'STATUS_UNSPECIFIED' ? null : status);

/** One statement for all three counts, so that they are of the same moment. */
const counted = `
  select case when grouping(category) = 0 then 'category' when grouping(channel) = 0 then 'channel' when grouping(month) = 0 then 'month' else 'total' end as by,
         coalesce(category, channel, month, '') as key, count(*)::int as count
    from (select category, channel, to_char(received_at at time zone 'UTC', 'YYYY-MM') as month
            from complaints
           where status <> 'VOIDED' and ($1::uuid is null or account_id = $1) and ($2::text is null or status = $2)
             and ($3::text is null or category = $3) and ($4::timestamptz is null or received_at >= $4)
             and ($5::timestamptz is null or received_at < $5)) c
   group by grouping sets ((), (category), (channel), (month))`;

type Counted = KeyCount & { by: 'total' | 'category' | 'channel' | 'month' };

const byKey = (a: KeyCount, b: KeyCount): number => (a.key < b.key ? -1 : 1);
const byCount = (a: KeyCount, b: KeyCount): number => b.count - a.count || byKey(a, b);

const parameters = ({ accountId, status, category, from, to }: Asked): unknown[] => [
  accountId ?? null,
  named(status),
  category ?? null,
  instant('from', from) ?? null,
  instant('to', to) ?? null,
];

/** Answers about complaints, from their rows. */
export const complaintQueries = queriesOf(ComplaintQueries, {
  getComplaint: ({ complaintId }, { read }) => read(complaintView).get(complaintId),
  listComplaints: async ({ accountId, status, category, from, to, ...page }, { read }) => {
    const receivedAt = { from: instant('from', from), to: instant('to', to) };
    const { rows, nextPageToken } = await read(complaintView).list({ accountId, status, category, receivedAt }, page, 'receivedAt');
    return { complaints: rows, nextPageToken };
  },
  summarizeComplaints: async (asked, { sql }) => {
    const rows = await sql<Counted>(counted, parameters(asked));
    const of = (by: Counted['by']): KeyCount[] => rows.filter((it) => it.by === by).map(({ key, count }) => ({ key, count }));
    return {
      total: of('total')[0]?.count ?? 0,
      byCategory: of('category').sort(byCount),
      byChannel: of('channel').sort(byCount),
      byMonth: of('month').sort(byKey),
    };
  },
});
