import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { caughtUp } from './caught-up.js';
import { sendLines, type Answer, type Door } from './door.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const bodyOf = async (request: IncomingMessage): Promise<string[]> => {
  let all = '';
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) all += chunk;
  return all.split('\n').filter(Boolean);
};

/** A batch door that does what the test says with the lines of each request. */
const door = async (serve: (lines: string[], response: ServerResponse, request: IncomingMessage) => void) => {
  server = createServer((request, response) => void bodyOf(request).then((lines) => serve(lines, response, request)));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: () => 't' };
};

const answersOf = async (to: Door, lines: readonly string[]): Promise<Answer[]> => {
  const answers: Answer[] = [];
  await sendLines(to, lines, (answer, i) => (answers[i] = answer));
  return answers;
};

const done = (line: number, replayed = false): string => `${JSON.stringify({ line, ok: true, ...(replayed && { replayed }), result: {} })}\n`;

describe('the client of the batch door', () => {
  it('gives the answers in the order of the lines, done before or now, refused with the problem', async () => {
    const problem = { type: '/problems/account-not-found', status: 404 };
    const to = await door((lines, response, request) => {
      expect(lines).toEqual(['a', 'b', 'c']);
      expect(request.headers).toMatchObject({ authorization: 'Bearer t', 'content-type': 'application/x-ndjson' });
      response.end(`${done(1)}${JSON.stringify({ line: 2, ok: false, problem })}\n${done(3, true)}`);
    });
    expect(await answersOf(to, ['a', 'b', 'c'])).toEqual([
      { ok: true, again: false },
      { ok: false, problem },
      { ok: true, again: true },
    ]);
  });

  it('sends again what a broken connection left unanswered, and does not take its own repeats for old ones', async () => {
    const requests: string[][] = [];
    const to = await door((lines, response) => {
      requests.push(lines);
      if (requests.length > 1) return void response.end(lines.map((_, i) => done(i + 1, true)).join(''));
      response.write(done(1));
      setTimeout(() => response.destroy(), 20);
    });
    expect(await answersOf(to, ['a', 'b', 'c'])).toEqual([1, 2, 3].map(() => ({ ok: true, again: false })));
    expect(requests).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c'],
    ]);
  });

  it('tries again where the gateway is not ready yet', async () => {
    let tries = 0;
    const to = await door((_, response) => (++tries < 3 ? response.writeHead(503).end('busy') : response.end(done(1))));
    expect(await answersOf(to, ['a'])).toEqual([{ ok: true, again: false }]);
  });

  it('gives up where a service is down, and says that the import may be run again', async () => {
    const problem = { type: '/problems/service-unavailable', status: 503 };
    const to = await door((_, response) => response.end(`${done(1)}${JSON.stringify({ line: 2, ok: false, problem })}\n`));
    await expect(answersOf(to, ['a', 'b'])).rejects.toThrow('Run the import again later');
  });

  it('waits until views, relays and consumers have caught up, and not for clocks', async () => {
    const lags = [9, 4, 0, 3];
    const to = await door((_, response) => {
      const lagMs = lags.shift() ?? 0;
      response.end(
        JSON.stringify({
          parts: [
            { name: 'accounts/clock', lagMs: 7 },
            { name: 'accounts/view orders', lagMs },
          ],
        }),
      );
    });
    expect(await caughtUp(to)).toBe(0);
    expect(lags).toEqual([]);
  });

  it('tells how far behind they are where that takes too long, and asks in vain where nobody answers', async () => {
    const parts = [{ name: 'complaints/consumer accounts', lagMs: 1234 }];
    const to = await door((_, response) => response.end(JSON.stringify({ parts })));
    expect(await caughtUp(to, 10)).toBe(1234);
    expect(await caughtUp({ url: 'http://127.0.0.1:1' }, 10)).toBeUndefined();
  });

  it('gives up at once where the token is refused', async () => {
    const to = await door((_, response) => response.writeHead(401).end());
    await expect(answersOf(to, ['a'])).rejects.toThrow('The token is not accepted (401).');
  });
});
