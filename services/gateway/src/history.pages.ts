import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { History, ReadEventsRequestSchema, ReadEventsResponseSchema, type ReadEventsResponse } from '@guanxi/contracts/guanxi/common/v1/history_pb';
import type { HistoryQuery } from './history.query.js';
import type { Call, CallHeaders } from './peers.js';

/** As many as a service gives in one call. */
const mostAPage = 1_000;
const answerMs = 10_000;

const rpc = `/${History.typeName}/${History.method.readEvents.name}`;

/** Reads a range of a service's history page by page; ends at `limit` or at the head. Only the first page waits. */
export async function* historyPages(call: Call, service: string, query: HistoryQuery, headers: CallHeaders): AsyncGenerator<ReadEventsResponse> {
  let after = query.after;
  let left = query.limit;
  let waitSeconds = query.wait;
  for (;;) {
    const limit = Math.min(left, mostAPage);
    const request = create(ReadEventsRequestSchema, {
      after: String(after),
      limit,
      waitSeconds,
      ...(query.partition !== undefined && { partition: query.partition }),
    });
    const { body } = await call(service, rpc, toBinary(ReadEventsRequestSchema, request), headers, answerMs + waitSeconds * 1000);
    const page = fromBinary(ReadEventsResponseSchema, body);
    yield page;
    left -= page.records.length;
    after = Number(page.positions.at(-1) ?? after);
    waitSeconds = 0;
    // A page may be short because its records are long; only an empty one, or the head, is the end.
    if (left <= 0 || page.records.length === 0 || after >= Number(page.head)) return;
  }
}
