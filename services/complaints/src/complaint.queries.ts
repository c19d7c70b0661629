import { ComplaintQueries, type ListComplaintsRequest } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import type { KeyCount } from '@guanxi/contracts/guanxi/common/v1/shared';
import { queriesOf } from '@guanxi/service-kit/controllers';
import { filterInstant } from '@guanxi/service-kit/filter.instant';
import { complaintView } from './complaint.view.js';

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
  filterInstant('from', from) ?? null,
  filterInstant('to', to) ?? null,
];

/** Answers about complaints, from their rows. */
export const complaintQueries = queriesOf(ComplaintQueries, {
  getComplaint: ({ complaintId }, { read }) => read(complaintView).get(complaintId),
  listComplaints: async ({ accountId, status, category, from, to, ...page }, { read }) => {
    const receivedAt = { from: filterInstant('from', from), to: filterInstant('to', to) };
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
