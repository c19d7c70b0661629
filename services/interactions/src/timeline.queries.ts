import { TimelineQueries, type TimelineEntry } from '@guanxi/contracts/guanxi/interactions/v1/timeline';
import { queriesOf } from '@guanxi/service-kit/controllers';
import { filterInstant } from '@guanxi/service-kit/filter.instant';
import { withVoids } from './timeline.entry.js';
import { timelineView } from './timeline.view.js';

/** Answers about a customer's timeline. A fact's row never changes; whether it was taken back is looked up for the page. */
export const timelineQueries = queriesOf(TimelineQueries, {
  listTimeline: async ({ accountId, kind, from, to, ...page }, { read, sql }) => {
    const at = { from: filterInstant('from', from), to: filterInstant('to', to) };
    const { rows, nextPageToken } = await read(timelineView).list({ accountId, kind, at }, page, 'at desc');
    const subjects = [...new Set(rows.map(({ subjectId }) => subjectId))];
    const found = await sql<{ row: string }>('select row::text as row from timeline where voids = any($1::uuid[])', [subjects]);
    const voids = found.map(({ row }) => JSON.parse(row) as TimelineEntry);
    return { entries: withVoids(rows, voids), nextPageToken };
  },
});
