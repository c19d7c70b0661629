import type { Door } from '@guanxi/importer/door';
import { Trouble } from '../trouble.ts';
import { refusalText } from './api.ts';

/** One event as the gateway tells it. */
export interface Entry {
  readonly service: string;
  readonly position: string;
  readonly time: string;
  readonly type: string;
  readonly title: string;
  readonly subject: string;
  readonly version: number;
  readonly actor: string;
  readonly actorKind: string;
  readonly role: string;
  readonly command: string;
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly eventId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A service that did not answer. */
export interface Missing {
  readonly service: string;
  readonly reason: string;
}

/** Whose events: a customer's over all services, or a stream's of one. */
export type Named =
  | { readonly customer: string; readonly from: string | undefined; readonly to: string | undefined; readonly desc: boolean }
  | { readonly service: string; readonly stream: string };

interface Answer {
  readonly entries: readonly Entry[];
  readonly nextPageToken?: string;
  readonly more?: boolean;
  readonly incomplete?: readonly Missing[];
}

const pageSize = 500;

const ask = async ({ url, token }: Door, path: string, query: Readonly<Record<string, string | undefined>>): Promise<Answer> => {
  const address = new URL(path, url);
  for (const [name, value] of Object.entries(query)) if (value) address.searchParams.set(name, value);
  const answer = await fetch(address, { headers: { authorization: `Bearer ${token()}` } }).catch(() => {
    throw new Trouble(`${url} cannot be reached.`);
  });
  if (!answer.ok) throw new Trouble(`${await refusalText(answer)} (${answer.status})`);
  return (await answer.json()) as Answer;
};

async function* ofCustomer(door: Door, named: Extract<Named, { customer: string }>, missing: Missing[]): AsyncGenerator<readonly Entry[]> {
  const { customer, from, to, desc } = named;
  for (let pageToken: string | undefined = ''; pageToken !== undefined;) {
    const query: Record<string, string | undefined> = { from, to, pageToken, pageSize: String(pageSize), orderBy: desc ? 'time desc' : 'time' };
    const { entries, nextPageToken, incomplete = [] }: Answer = await ask(door, `/v1/customers/${customer}/history`, query);
    yield entries;
    for (const it of incomplete) if (!missing.some(({ service }) => service === it.service)) missing.push(it);
    pageToken = nextPageToken || undefined;
  }
}

async function* ofStream(door: Door, { service, stream }: Extract<Named, { stream: string }>): AsyncGenerator<readonly Entry[]> {
  for (let after = 0; ;) {
    const path = `/v1/history/${encodeURIComponent(service)}/streams/${stream}`;
    const { entries, more } = await ask(door, path, { after: String(after), limit: String(pageSize) });
    yield entries;
    const last = entries.at(-1);
    if (!more || !last) return;
    after = last.version;
  }
}

/** Reads page by page. @param missing gets the services that did not answer @throws Trouble with the gateway's words */
export const entriesOf = (door: Door, named: Named, missing: Missing[]): AsyncGenerator<readonly Entry[]> =>
  'customer' in named ? ofCustomer(door, named, missing) : ofStream(door, named);
