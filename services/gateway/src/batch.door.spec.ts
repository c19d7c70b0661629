import { Metadata } from '@grpc/grpc-js';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { batch, line, openBatch } from './testing/batch.client.js';
import { bearer, committed, openHouse, type Answer, type House } from './testing/house.js';

const ref = (id: number | string) => ({ system: 'cdnow', id: String(id) });
const register = (n: number, more: object = {}) =>
  line('accounts.v1.RegisterAccount', `r-${n}`, { kind: 'PERSON', displayName: `Customer ${n}`, externalRef: ref(n), ...more });

describe('the batch door', () => {
  let house: House;
  let answer: Answer;
  let authorization: string;
  beforeAll(async () => {
    house = await openHouse((heard, call) => answer(heard, call));
    authorization = await bearer(house);
  });
  afterAll(() => house.close());
  beforeEach(() => {
    house.heard.length = 0;
    answer = () => committed;
  });
  const send = (text: string | Buffer, headers?: Record<string, string>) => batch(house.url, authorization, text, headers);

  it('answers line by line, numbered as the file is, blank lines skipped', async () => {
    const answers = await send(`\n${register(1)}\n  \r\n${register(2)}\r\n\n${register(3)}`);
    expect(answers).toEqual([2, 4, 6].map((number) => ({ line: number, ok: true, result: committed })));
    expect(house.heard.map((it) => it.caller['idempotencyKey']).sort()).toEqual(['r-1', 'r-2', 'r-3']);
    expect(await send('')).toEqual([]);
    expect(await send('\n\n \n')).toEqual([]);
  });
  it('keeps the order of the lines, whichever service is quicker', async () => {
    answer = async ({ caller }) => {
      await sleep(caller['idempotencyKey'] === 'r-1' ? 50 : 0);
      return { ...committed, position: String(caller['idempotencyKey']).slice(2) };
    };
    const answers = await send(Array.from({ length: 300 }, (_, i) => register(i + 1)).join('\n'));
    expect(answers.map((it) => [it.line, it.result?.['position']])).toEqual(Array.from({ length: 300 }, (_, i) => [i + 1, String(i + 1)]));
  });
  it('does not let one bad line stop anything', async () => {
    answer = ({ request }) => {
      if (request['displayName'] === 'Customer 2') throw new Rejection('external-ref-taken', 'conflict', 'Taken.', { version: 3 });
      if (request['displayName'] === 'Customer 3') throw new Error('somebody');
      return committed;
    };
    const lines = [
      register(1),
      register(2),
      register(3),
      '{"command":',
      '[]',
      register(4, { colour: 'red' }),
      register(5, { kind: 'ROBOT' }),
      JSON.stringify({ command: 'guanxi.accounts.v1.Explode', idempotencyKey: 'k', request: {} }),
      JSON.stringify({ command: 'guanxi.accounts.v1.GetAccountRequest', idempotencyKey: 'k', request: {} }),
      JSON.stringify({ command: 'guanxi.accounts.v1.RegisterAccount', request: { kind: 'PERSON', displayName: 'x' } }),
      line('accounts.v1.RegisterAccount', '', {}),
      line('accounts.v1.RegisterAccount', 'k'.repeat(201), {}),
      JSON.stringify({ command: 'guanxi.accounts.v1.RegisterAccount', idempotencyKey: 'k' }),
      JSON.stringify({ command: 'guanxi.accounts.v1.RegisterAccount', idempotencyKey: 'k', request: {}, more: 1 }),
      register(6, { displayName: 'x'.repeat(262_144) }),
      '{"command":"a","command":"b"}',
      register(7),
    ];
    const answers = await send(lines.join('\n'));
    expect(answers.map((it) => [it.line, it.problem ? `${it.problem.status} ${it.problem.type.slice(10)}` : 'done'])).toEqual([
      [1, 'done'],
      [2, '409 external-ref-taken'],
      [3, '500 internal'],
      [4, '400 unreadable'],
      [5, '400 unreadable'],
      [6, '400 unknown-field'],
      [7, '422 invalid-request'],
      [8, '400 command-unknown'],
      [9, '400 command-unknown'],
      [10, '422 idempotency-key-missing'],
      [11, '422 idempotency-key-invalid'],
      [12, '422 idempotency-key-invalid'],
      [13, '422 invalid-request'],
      [14, '400 unknown-field'],
      [15, '413 too-large'],
      [16, '400 repeated-key'],
      [17, 'done'],
    ]);
    expect(answers[1]?.problem).toMatchObject({ version: 3, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(JSON.stringify(answers)).not.toContain('somebody');
  });
  it('is authorised once, at the start, and each line by its own policy', async () => {
    const { request, response } = openBatch(house.url, 'Bearer nonsense');
    expect((await response).statusCode).toBe(401);
    request.destroy();
    const [denied, done] = await batch(
      house.url,
      await bearer(house, ['SERVICE_AGENT']),
      `${line('accounts.v1.ChangeLifecycle', 'k', { nonsense: 1 })}\n${register(1)}`,
    );
    expect([denied?.problem?.status, done?.ok]).toEqual([403, true]);
  });
  it('takes NDJSON only', async () => {
    for (const type of ['application/json', 'text/plain']) {
      const { request, response } = openBatch(house.url, authorization, { 'content-type': type });
      request.end(register(1));
      expect((await response).statusCode).toBe(415);
    }
  });
  it('answers before the last line is written', async () => {
    const { request, answers } = openBatch(house.url, authorization);
    request.write(`${register(1)}\n`);
    expect((await answers.next()).value).toMatchObject({ line: 1, ok: true });
    request.write(register(2));
    request.end();
    expect((await answers.next()).value).toMatchObject({ line: 2, ok: true });
    expect((await answers.next()).done).toBe(true);
  });
  it('runs lines that name one account in file order, across services, and others beside them', async () => {
    const running = new Set<string>();
    let most = 0;
    answer = async ({ method, request }) => {
      const who = JSON.stringify(request['accountRef'] ?? request['externalRef']);
      expect(running.has(who)).toBe(false);
      running.add(who);
      most = Math.max(most, running.size);
      await sleep(method === 'RegisterAccount' ? 5 : 1);
      running.delete(who);
      return committed;
    };
    const complain = (n: number) =>
      line('complaints.v1.LodgeComplaint', `c-${n}`, {
        accountRef: ref(n),
        channel: 'ONLINE',
        category: 'Delivery',
        receivedAt: '2026-03-01T00:00:00Z',
        facts: 'late',
      });
    const order = (n: number) =>
      line('accounts.v1.RecordOrder', `o-${n}`, {
        accountRef: ref(n),
        externalRef: ref(`o${n}`),
        orderedAt: '2026-03-01T00:00:00Z',
        currency: 'USD',
        lines: [{ product: 'CD', quantity: '1', amountMinor: '1177' }],
      });
    const people = Array.from({ length: 20 }, (_, i) => i);
    const answers = await send(people.flatMap((n) => [register(n), complain(n), order(n)]).join('\n'));
    expect(answers.filter((it) => !it.ok)).toEqual([]);
    expect(most).toBeGreaterThan(5);
    const byPerson = (n: number) => house.heard.filter(({ request }) => JSON.stringify(request).includes(`"id":"${n}"`)).map((it) => it.method);
    for (const n of people) expect(byPerson(n)).toEqual(['RegisterAccount', 'LodgeComplaint', 'RecordOrder']);
  });
  it('waits for a busy service instead of refusing its lines', async () => {
    let refusals = 40;
    answer = () => {
      if (refusals-- > 0) throw new Rejection('too-much-at-once', refusals % 2 ? 'exhausted' : 'unavailable', 'Later.');
      return committed;
    };
    const answers = await send(Array.from({ length: 30 }, (_, i) => register(i)).join('\n'));
    expect(answers.filter((it) => it.ok)).toHaveLength(30);
    expect(new Set(house.heard.map((it) => it.caller['idempotencyKey'])).size).toBe(30);
  });
  it('says which lines were done before', async () => {
    answer = ({ caller }, call) => {
      const metadata = new Metadata();
      metadata.set('idempotent-replayed', 'true');
      if (caller['idempotencyKey'] === 'r-1') call.sendMetadata(metadata);
      return committed;
    };
    expect(await send(`${register(1)}\n${register(2)}`)).toEqual([
      { line: 1, ok: true, replayed: true, result: committed },
      { line: 2, ok: true, result: committed },
    ]);
  });
  it('hands the preference not to wait on to every line', async () => {
    await send(`${register(1)}\n${register(2)}`, { prefer: 'respond-async' });
    expect(house.heard.map((it) => it.caller['wait'])).toEqual([false, false]);
  });
  it('begins no further line when the client goes away, and serves the next one', async () => {
    const held = Promise.withResolvers<object>();
    answer = () => held.promise;
    const { request, response } = openBatch(house.url, authorization);
    request.write(`${Array.from({ length: 2_000 }, (_, i) => register(i)).join('\n')}\n`);
    await response;
    while (house.heard.length < 512) await sleep(5);
    request.destroy();
    held.resolve(committed);
    expect(await send(register(1))).toMatchObject([{ line: 1, ok: true }]);
    let { length } = house.heard;
    for (let before = 0; before < length; { length } = house.heard) {
      before = length;
      await sleep(500);
    }
    expect(length).toBeLessThan(2_000);
  });
});
