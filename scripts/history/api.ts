import type { Door } from '@guanxi/importer/door';
import { Trouble } from '../trouble.ts';

/** A service's history behind the gateway. */
export interface HistoryApi {
  readonly text: (path: string) => Promise<string>;
  readonly json: <T>(path: string) => Promise<T>;
  /** Lines of events from after a position, at most `limit`; ends early where the connection breaks. */
  readonly lines: (after: number, limit: number) => AsyncGenerator<string>;
  /** The last position. */
  readonly head: () => Promise<number>;
}

/** A refusal in the gateway's words. */
export const refusalText = async (answer: Response): Promise<string> => {
  const problem = (await answer.json().catch(() => ({}))) as { detail?: string; errors?: { field: string; message: string }[] };
  const fields = (problem.errors ?? []).map(({ field, message }) => ` ${field}: ${message}`).join(';');
  return `${problem.detail ?? answer.statusText}${fields}`;
};

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** The history of a service by the gateway. Refusals are Troubles with the gateway's words. */
export const historyApi = ({ url, token }: Door, service: string): HistoryApi => {
  const get = async (path: string): Promise<Response> => {
    const address = new URL(`/v1/history/${encodeURIComponent(service)}/${path}`, url);
    const headers = { authorization: `Bearer ${token()}` };
    const answer = await fetch(address, { headers }).catch(() => {
      throw new Trouble(`${url} cannot be reached.`);
    });
    if (!answer.ok) throw new Trouble(`${service}: ${await refusalText(answer)} (${answer.status}, ${path})`);
    return answer;
  };
  return {
    text: async (path) => (await get(path)).text(),
    json: async <T>(path: string) => (await (await get(path)).json()) as T,
    async *lines(after, limit) {
      const { body } = await get(`events?after=${after}&limit=${limit}`);
      if (body) yield* linesOf(body);
    },
    head: async () => {
      const answer = await get('events?limit=1');
      await answer.body?.cancel();
      return Number(answer.headers.get('head'));
    },
  };
};
