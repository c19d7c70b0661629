import type { KeyCount } from '@guanxi/contracts/guanxi/common/v1/shared';
import { InteractionQueries, type SummarizeInteractionsRequest } from '@guanxi/contracts/guanxi/interactions/v1/interaction';
import { queriesOf } from '@guanxi/service-kit/controllers';
import { filterInstant } from '@guanxi/service-kit/filter.instant';
import { interactionView } from './interaction.view.js';

/** One statement for all counts, so that they are of the same moment. */
const counted = `
  select case when grouping(type) = 0 then 'type' when grouping(channel) = 0 then 'channel' when grouping(outcome) = 0 then 'outcome' else 'total' end as by,
         coalesce(type, channel, outcome, '') as key, count(*)::int as count, count(account_id)::int as identified
    from (select type, channel, coalesce(outcome, '') as outcome, account_id
            from interactions
           where status <> 'VOIDED' and ($1::uuid is null or account_id = $1) and ($2::text is null or type = $2)
             and ($3::text is null or channel = $3) and ($4::timestamptz is null or started_at >= $4)
             and ($5::timestamptz is null or started_at < $5)) i
   group by grouping sets ((), (type), (channel), (outcome))`;

type Counted = KeyCount & { by: 'total' | 'type' | 'channel' | 'outcome'; identified: number };

const byCount = (a: KeyCount, b: KeyCount): number => b.count - a.count || (a.key < b.key ? -1 : 1);
const stated = (name: string | undefined): string | null => (name === undefined || name.endsWith('_UNSPECIFIED') ? null : name);

const parameters = ({ accountId, type, channel, from, to }: SummarizeInteractionsRequest): unknown[] => [
  accountId ?? null,
  stated(type),
  stated(channel),
  filterInstant('from', from) ?? null,
  filterInstant('to', to) ?? null,
];

/** Answers about interactions, from their rows. */
export const interactionQueries = queriesOf(InteractionQueries, {
  getInteraction: ({ interactionId }, { read }) => read(interactionView).get(interactionId),
  listInteractions: async ({ accountId, type, channel, status, from, to, ...page }, { read }) => {
    const startedAt = { from: filterInstant('from', from), to: filterInstant('to', to) };
    const { rows, nextPageToken } = await read(interactionView).list({ accountId, type, channel, status, startedAt }, page, 'startedAt desc');
    return { interactions: rows, nextPageToken };
  },
  summarizeInteractions: async (asked, { sql }) => {
    const rows = await sql<Counted>(counted, parameters(asked));
    const of = (by: Counted['by']): KeyCount[] =>
      rows
        .filter((it) => it.by === by)
        .map(({ key, count }) => ({ key, count }))
        .sort(byCount);
    const [all] = rows.filter((it) => it.by === 'total');
    return {
      total: all?.count ?? 0,
      identified: all?.identified ?? 0,
      byType: of('type'),
      byChannel: of('channel'),
      byOutcome: of('outcome'),
    };
  },
});
