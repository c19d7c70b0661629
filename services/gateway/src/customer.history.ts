import { create, fromBinary, fromJson, toBinary } from '@bufbuild/protobuf';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import {
  HistoryEntries,
  ReadCustomerRequestSchema,
  ReadCustomerResponseSchema,
  type HistoryEntry,
  type ReadCustomerResponse,
} from '@guanxi/contracts/guanxi/common/v1/history_entries_pb';
import {
  ListCustomerHistoryResponseSchema,
  type ListCustomerHistoryRequest,
  type ListCustomerHistoryResponse,
} from '@guanxi/contracts/guanxi/gateway/v1/history_pb';
import type { Titles } from '@guanxi/contracts/titles';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { filterInstant } from '@guanxi/service-kit/filter.instant';
import { orderOf, pageSizeOf } from '@guanxi/service-kit/page';
import { placesOf, tokenOf, type Listing, type Places } from './customer.history.token.js';
import { sections } from './customer.sections.js';
import type { Call, CallHeaders } from './peers.js';
import { isMeant } from './problem.js';
import { Refusal } from './refusal.js';

/** What one customer's history is made with. */
export interface HistoryParts {
  readonly call: Call;
  readonly titles: Titles;
  /** Hears of errors that nobody meant. */
  readonly onError: (error: unknown) => void;
}

interface Heard extends Pick<ReadCustomerResponse, 'entries' | 'more' | 'known'> {
  readonly service: string;
  /** Why it did not answer. */
  readonly reason?: string;
}

const services: readonly string[] = Object.values(sections);
const { parent, name: rpc } = HistoryEntries.method.readCustomer;
const path = `/${parent.typeName}/${rpc}`;
const answerMs = 5_000;

const slugOf = (error: unknown): string => (error instanceof Rejection || error instanceof Refusal ? error.slug : 'internal');

const asking =
  ({ call, onError }: HistoryParts, listing: Listing, limit: number, headers: CallHeaders) =>
  async (service: string, after: number): Promise<Heard> => {
    const { accountId, from, to, newestFirst } = listing;
    const request = { accountId, after: String(after), limit, newestFirst, ...(from && { from }), ...(to && { to }) };
    try {
      const bytes = toBinary(ReadCustomerRequestSchema, fromJson(ReadCustomerRequestSchema, request));
      const { body } = await call(service, path, bytes, headers, answerMs);
      return { service, ...fromBinary(ReadCustomerResponseSchema, body) };
    } catch (error) {
      if (!isMeant(error)) onError(error);
      return { service, entries: [], more: false, known: false, reason: slugOf(error) };
    }
  };

const timeOf = ({ time }: HistoryEntry): number => (time ? timestampMs(time) : 0);

/** By time, then by service; events of one service never change places, since its time never falls. */
const inOrder = (a: HistoryEntry, b: HistoryEntry): number =>
  timeOf(a) - timeOf(b) || services.indexOf(a.service) - services.indexOf(b.service) || Number(a.position) - Number(b.position);

/** What of all the answers can be shown: nothing that an event might precede which did not fit into its service's answer. */
const merged = (heard: readonly Heard[], size: number, newestFirst: boolean): { shown: HistoryEntry[]; more: boolean } => {
  const compare = newestFirst ? (a: HistoryEntry, b: HistoryEntry): number => inOrder(b, a) : inOrder;
  const ends = heard.flatMap(({ entries, more }) => (more ? entries.slice(-1) : []));
  const all = heard.flatMap((it) => it.entries).sort(compare);
  const sure = all.filter((it) => ends.every((end) => compare(it, end) <= 0));
  const shown = sure.slice(0, size);
  return { shown, more: shown.length < all.length || ends.length > 0 };
};

const listingOf = ({ accountId, from, to, orderBy }: ListCustomerHistoryRequest): Listing => ({
  accountId: accountId.toLowerCase(),
  from: filterInstant('from', from) ?? '',
  to: filterInstant('to', to) ?? '',
  newestFirst: orderOf(orderBy || 'time', ['time']).desc,
});

const moved = (places: Places, shown: readonly HistoryEntry[]): Places => ({
  ...places,
  ...Object.fromEntries(shown.map((it) => [it.service, Number(it.position)])),
});

/**
 * A page of all that the services recorded of one customer. One that does not answer is named in it; what it holds comes on a later
 * page, once it is back.
 * @throws Rejection account-not-found where all answered and none knows the customer; page-token-unknown, order-by-unknown, filter-invalid
 */
export const customerHistory = async (
  parts: HistoryParts,
  request: ListCustomerHistoryRequest,
  headers: CallHeaders,
): Promise<ListCustomerHistoryResponse> => {
  const listing = listingOf(request);
  const places = placesOf(request.pageToken, listing);
  const size = pageSizeOf(request.pageSize);
  const ask = asking(parts, listing, size, headers);
  const heard = await Promise.all(services.map((service) => ask(service, places[service] ?? 0)));
  const missing = heard.flatMap(({ service, reason }) => (reason === undefined ? [] : [{ service, reason }]));
  if (missing.length === 0 && heard.every((it) => !it.known))
    throw new Rejection('account-not-found', 'not-found', 'No service has recorded anything of an account with this id.');
  const { shown, more } = merged(heard, size, listing.newestFirst);
  return create(ListCustomerHistoryResponseSchema, {
    entries: shown.map((it) => ({ ...it, title: parts.titles[it.type] ?? it.type })),
    nextPageToken: more ? tokenOf(listing, moved(places, shown)) : '',
    incomplete: missing,
  });
};
