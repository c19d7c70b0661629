import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';

/** One answer of a batch. */
export interface Answered {
  readonly line: number;
  readonly ok: boolean;
  readonly result?: Record<string, unknown>;
  readonly problem?: {
    readonly type: string;
    readonly status: number;
    readonly detail: string;
    readonly errors: { field: string }[];
    readonly traceId: string;
  };
}

/** A batch that is being sent: answers can be read while lines are still written. */
export interface Sending {
  readonly request: ClientRequest;
  readonly response: Promise<IncomingMessage>;
  readonly answers: AsyncGenerator<Answered>;
}

/** Opens a batch; write lines to `request`, then end it. */
export const openBatch = (url: string, authorization: string, headers: Record<string, string> = {}): Sending => {
  const sending = request(`${url}/v1/commands:batch`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-ndjson', ...headers },
  });
  const response = new Promise<IncomingMessage>((resolve, reject) => sending.on('response', resolve).on('error', reject));
  sending.flushHeaders();
  const read = async function* (): AsyncGenerator<Answered> {
    for await (const line of createInterface({ input: await response })) yield JSON.parse(line) as Answered;
  };
  return { request: sending, response, answers: read() };
};

/** Sends a whole text and collects the answers. */
export const batch = async (url: string, authorization: string, text: string | Buffer, headers: Record<string, string> = {}): Promise<Answered[]> => {
  const { request: sending, answers } = openBatch(url, authorization, headers);
  sending.end(text);
  const all: Answered[] = [];
  for await (const answer of answers) all.push(answer);
  return all;
};

/** A line of a batch as text. */
export const line = (command: string, idempotencyKey: string, body: object): string =>
  JSON.stringify({ command: `guanxi.${command}`, idempotencyKey, request: body });
