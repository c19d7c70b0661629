import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { brokenRules } from '@guanxi/event-sourcing/testing/history.check';
import { figure } from '../scripts/drill/history.ts';
import { compareViews } from '../scripts/drill/refold.ts';
import { definitions } from '../scripts/drill/definitions.ts';
import { sourcesOf } from '@guanxi/service-kit/bus.side';
import { services } from '../scripts/up/services.ts';
import { kafkaBrokers } from './kafka.js';
import { startReplicas, type Replicas } from './replicas.js';

const brokers = await kafkaBrokers();
const minutes = 60_000;
const accounts = 120;
const ordersEach = 3;
const victims = [
  ['accounts', 0],
  ['loyalty', 1],
  ['interactions', 0],
] as const;

type Json = Record<string, unknown>;
const ref = (id: string) => ({ system: 'replicas', id });
const line = (command: string, key: string, request: Json): string => JSON.stringify({ command: `guanxi.${command}`, idempotencyKey: key, request });
const ordered = { orderedAt: '2026-03-01T08:00:00.000Z', currency: 'CNY' };

/** What happens to one customer: three orders of 10.99, 20.99 and 30.99, the first comes back; a call; a complaint. */
const storyOf = (n: number): string[] => {
  const accountRef = ref(`a${n}`);
  const goods = (k: number): Json => ({ product: 'tea', quantity: '1', amountMinor: String(1_000 * k + 99) });
  return [
    line('accounts.v1.RegisterAccount', `r${n}`, { kind: 'PERSON', displayName: `Customer ${n}`, externalRef: accountRef }),
    line('loyalty.v1.Enrol', `e${n}`, { accountRef }),
    ...[1, 2, 3].map((k) =>
      line('accounts.v1.RecordOrder', `o${n}-${k}`, { accountRef, externalRef: ref(`o${n}-${k}`), ...ordered, lines: [goods(k)] }),
    ),
    line('accounts.v1.ReturnOrder', `b${n}`, {
      orderRef: ref(`o${n}-1`),
      lines: [goods(1)],
      returnedAt: '2026-03-02T08:00:00Z',
      reason: 'It came wet.',
    }),
    line('interactions.v1.LogInteraction', `i${n}`, {
      ...{ accountRef, externalRef: ref(`i${n}`), type: 'CALL', channel: 'PHONE', direction: 'INBOUND' },
      ...{ startedAt: '2026-03-02T09:00:00Z', durationS: 60 },
    }),
    line('complaints.v1.LodgeComplaint', `c${n}`, {
      ...{ accountRef, externalRef: ref(`c${n}`), channel: 'PHONE', category: 'Delivery' },
      ...{ receivedAt: '2026-03-02T09:05:00Z', facts: 'It came wet.' },
    }),
  ];
};

const describeOn = brokers ? describe : describe.skip;

describeOn('two of every service on Kafka', () => {
  let house: Replicas;
  beforeAll(async () => {
    house = await startReplicas((brokers ?? []).join(','), 2);
  }, 4 * minutes);
  afterAll(() => house.stop(), minutes);

  /** Sends a batch; gives the lines that were refused. */
  const send = async (gateway: number, lines: readonly string[]): Promise<string[]> => {
    const answer = await fetch(`${house.gateways[gateway]}/v1/commands:batch`, {
      method: 'POST',
      headers: { authorization: house.bearer, 'content-type': 'application/x-ndjson' },
      body: lines.join('\n'),
    });
    return (await answer.text())
      .trim()
      .split('\n')
      .filter((it) => !(JSON.parse(it) as { ok: boolean }).ok);
  };
  const get = async <T>(gateway: number, path: string): Promise<T> =>
    (await (await fetch(`${house.gateways[gateway]}${path}`, { headers: { authorization: house.bearer } })).json()) as T;
  const database = (name: string): string => house.databases.get(name)?.url ?? '';

  /** What a service has not heard of the others, not received and not folded yet. */
  const behind = async (name: string): Promise<number[]> => {
    const sources = sourcesOf(definitions[name]!);
    const lacking = sources.map(async (source) => {
      const told = await figure(database(source), 'select coalesce(max(position), 0) from events');
      return told - (await figure(database(name), `select count(*) from received where source = '${source}'`));
    });
    const unfolded = `select count(*) from checkpoints where name ~ '_g[0-9]+$' and
      (position < (select coalesce(max(position), 0) from events) or seq < (select coalesce(max(seq), 0) from received))`;
    return Promise.all([...lacking, figure(database(name), unfolded)]);
  };
  /** Waits until everybody has heard and folded everything; a group takes over from a member that died after its session has ended. */
  const untilStill = async (): Promise<void> => {
    let still = 0;
    let last: unknown;
    for (const end = Date.now() + 100_000; Date.now() < end && still < 2; await sleep(500)) {
      last = await Promise.all(services.map(behind));
      still = (last as number[][]).flat().every((it) => it === 0) ? still + 1 : 0;
    }
    if (still < 2) throw new Error(`never still: ${JSON.stringify(last)}`);
  };

  it(
    'share the work, and one of them killed in the midst of it takes nothing with it and doubles nothing',
    async () => {
      const all = Array.from({ length: accounts }, (_, n) => storyOf(n));
      const half = (which: number): string[] => all.filter((_, n) => n % 2 === which).flat();
      const sent = Promise.all([send(0, half(0)), send(1, half(1))]);
      await sleep(700);
      for (const [name, copy] of victims) await house.kill(name, copy);
      expect(await sent).toEqual([[], []]);
      // Whatever was sent twice is done once.
      expect(await send(1, all.flat())).toEqual([]);
      await untilStill();

      expect(await get(1, '/v1/accounts:summary')).toMatchObject({
        total: accounts,
        byLifecycle: [{ key: 'ACTUAL', count: accounts }],
        trade: [{ currency: 'CNY', orders: accounts * ordersEach, returns: accounts }],
      });
      expect(await get(1, '/v1/complaints:summary')).toMatchObject({ total: accounts });
      expect(await get(1, '/v1/interactions:summary')).toMatchObject({ total: accounts, identified: accounts });
    },
    3 * minutes,
  );

  it.each(services)(
    'leave %s whole: positions, versions, nothing received twice, views equal to a fold from the start',
    async (name) => {
      expect(await brokenRules(database(name))).toEqual([]);
      for (const { view, different } of await compareViews(database(name), definitions[name]!)) expect([view, different]).toEqual([view, []]);
    },
    minutes,
  );

  it(
    'earn points once: the whole units of three orders, less those of the one that came back',
    async () => {
      const points = await Promise.all(
        Array.from({ length: accounts }, async (_, n) => {
          const { accounts: found } = await get<{ accounts: { accountId: string }[] }>(1, `/v1/accounts?externalRef=replicas:a${n}`);
          return get<{ balance: string; earned: string; reversed: string }>(0, `/v1/accounts/${found[0]?.accountId}/points`);
        }),
      );
      const balances = points.map(({ balance, earned, reversed }) => `${balance} = ${earned} - ${reversed}`);
      expect([...new Set(balances)]).toEqual(['50 = 60 - 10']);
    },
    minutes,
  );

  it(
    'both did some of it',
    async () => {
      const taken = async (name: string, copy: number): Promise<number> => {
        const text = await house.metrics(name, copy);
        return [...text.matchAll(/^guanxi_messages_total\{[^}]*outcome="taken"[^}]*\} (\d+)/gm)].reduce((sum, [, n]) => sum + Number(n), 0);
      };
      for (const name of ['complaints', 'privacy']) {
        const [one, two] = await Promise.all([taken(name, 0), taken(name, 1)]);
        expect([name, one > 0, two > 0]).toEqual([name, true, true]);
      }
    },
    minutes,
  );
});
