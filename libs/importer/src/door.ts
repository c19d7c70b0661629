import { request, type IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImportFault } from './fault.js';

/** The gateway, and who we are there. */
export interface Door {
  readonly url: string;
  /** Asked before every request, since tokens end. */
  readonly token: () => string;
}

/** A problem as in RFC 9457. */
export interface Problem {
  readonly type?: string;
  readonly status?: number;
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly rule: string; readonly message: string }[];
}

/** What the batch door says of one line. `again`: it was done before this import. */
export type Answer = { readonly ok: true; readonly again: boolean } | { readonly ok: false; readonly problem: Problem };

interface AnswerLine {
  readonly line: number;
  readonly ok: boolean;
  readonly replayed?: boolean;
  readonly problem?: Problem;
}

const firstPauseMs = 250;
const longestPauseMs = 5_000;
/** A gateway that answered nothing for so long is down. */
const patienceMs = 120_000;
const silenceMs = 90_000;
const hopeless: Readonly<Record<number, string>> = {
  401: 'The token is not accepted',
  403: 'The token may not do this',
  404: 'There is no batch door',
};

const texts = async (response: IncomingMessage): Promise<string> => {
  let all = '';
  for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) all += chunk;
  return all;
};

/** Sends the lines once and reads answers as they come; ends early, without a word, where the connection breaks. */
const attempt = async (door: Door, lines: readonly string[], onAnswer: (answer: AnswerLine) => void): Promise<void> => {
  // Views are waited for once, at the end.
  const headers = { authorization: `Bearer ${door.token()}`, 'content-type': 'application/x-ndjson', prefer: 'respond-async' };
  const open = door.url.startsWith('https:') ? secureRequest : request;
  const sending = open(`${door.url}/v1/commands:batch`, { method: 'POST', headers, timeout: silenceMs });
  sending.on('timeout', () => sending.destroy(new Error('silence')));
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sending.once('response', resolve).on('error', reject);
    sending.end(`${lines.join('\n')}\n`);
  });
  const { statusCode = 0 } = response;
  if (statusCode !== 200) {
    const said = await texts(response);
    if (hopeless[statusCode]) throw new ImportFault(`${hopeless[statusCode]} (${statusCode}).`);
    throw new Error(`${statusCode} ${said.slice(0, 200)}`);
  }
  response.on('error', () => undefined);
  try {
    for await (const line of createInterface({ input: response, crlfDelay: Infinity })) onAnswer(JSON.parse(line) as AnswerLine);
  } finally {
    sending.destroy();
  }
};

/**
 * Sends lines of a batch and tells each one's answer, in order, as it comes. Lines that a broken connection left unanswered are sent again:
 * each has an idempotency key, so that nothing is done twice.
 * @throws ImportFault where the token is refused, a service is down, or the gateway does not answer for two minutes
 */
export const sendLines = async (door: Door, lines: readonly string[], onAnswer: (answer: Answer, index: number) => void): Promise<void> => {
  let [answered, heardAt] = [0, Date.now()];
  for (let tries = 0; answered < lines.length; tries++) {
    if (tries) await sleep(Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(tries - 1, 10)));
    try {
      await attempt(door, lines.slice(answered), ({ ok, replayed = false, problem = {} }) => {
        if (problem.status === 503) throw new ImportFault('A service does not answer. Run the import again later: nothing is done twice.');
        // A repeat of what we sent a moment ago is our own.
        onAnswer(ok ? { ok, again: replayed && tries === 0 } : { ok, problem }, answered++);
        heardAt = Date.now();
      });
    } catch (error) {
      if (error instanceof ImportFault) throw error;
    }
    if (answered < lines.length && Date.now() - heardAt > patienceMs)
      throw new ImportFault(`${door.url} does not answer. Is it running (npm start)?`);
  }
};
