/** A server-sent event as it came. */
export interface Sent {
  readonly event: string;
  readonly id: string;
  readonly data: Record<string, unknown>;
}

/** One client of a stream of changes. */
export interface ChangesClient {
  readonly response: Response;
  /** The next event; the test fails by its own time limit where none comes. Undefined at the end of the stream. */
  next(): Promise<Sent | undefined>;
  /** Next events until one of this name, that one included. */
  until(event: string): Promise<Sent[]>;
  /** The last id that came, with or without an event. */
  lastId(): string;
  close(): void;
}

const fieldsOf = (block: string): ReadonlyMap<string, string> =>
  new Map(
    block.split('\n').map((line): [string, string] => {
      const [, name = '', value = ''] = /^([a-z]*): ?(.*)$/.exec(line) ?? [];
      return [name, value];
    }),
  );

/** Opens a stream as a browser would. @param last the id to go on from */
export const openChanges = async (url: string, account: string, authorization: string, last?: string): Promise<ChangesClient> => {
  const abort = new AbortController();
  const headers = { authorization, ...(last !== undefined && { 'last-event-id': last }) };
  const response = await fetch(`${url}/v1/customers/${account}/changes`, { headers, signal: abort.signal });
  let lastId = '';
  const events = (async function* () {
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const fields = fieldsOf(text.slice(0, end));
        text = text.slice(end + 2);
        lastId = fields.get('id') ?? lastId;
        const data = fields.get('data');
        if (data !== undefined) yield { event: fields.get('event') ?? '', id: lastId, data: JSON.parse(data) as Sent['data'] };
      }
    }
  })();
  const next = async (): Promise<Sent | undefined> => (await events.next()).value ?? undefined;
  const until = async (event: string): Promise<Sent[]> => {
    const all: Sent[] = [];
    for (let one = await next(); one; one = await next()) {
      all.push(one);
      if (one.event === event) break;
    }
    return all;
  };
  return { response, next, until, lastId: () => lastId, close: () => abort.abort() };
};
