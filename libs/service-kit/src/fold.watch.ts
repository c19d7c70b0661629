import type { ViewsOptions } from '@guanxi/event-sourcing/views';
import { beginSpan } from './span.js';
import { isSampled } from './trace.js';

/**
 * A span for each sampled event of a batch that views of this service folded, own or received, under the command that appended the
 * event. A batch belongs to many traces, so it has no span of its own; all its events take as long as it.
 */
export const foldSpans: NonNullable<ViewsOptions['onFolded']> = ({ events, moved, began }) => {
  for (const { type, trace } of events) {
    if (!isSampled(trace.traceparent)) continue;
    const views = moved.filter((it) => it.types.has(type)).map((it) => it.view.options.table);
    if (views.length === 0) continue;
    const attributes = { 'guanxi.event.type': type, 'guanxi.views': views, 'guanxi.batch.events': events.length };
    beginSpan(trace.traceparent, { name: `fold ${type.slice(type.lastIndexOf('.') + 1)}`, attributes, began }).span?.end();
  }
};
