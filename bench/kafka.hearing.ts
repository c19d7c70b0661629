import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { account } from '@guanxi/accounts/account.decider';
import { accountView } from '@guanxi/accounts/account.view';
import { openAppender } from '@guanxi/event-sourcing/appender';
import type { Caller } from '@guanxi/event-sourcing/caller';
import { listEpochs, presentEpoch } from '@guanxi/event-sourcing/epochs';
import { executor } from '@guanxi/event-sourcing/executor';
import { history } from '@guanxi/event-sourcing/history';
import { loader } from '@guanxi/event-sourcing/loader';
import { lookups } from '@guanxi/event-sourcing/lookups';
import { openPool } from '@guanxi/event-sourcing/pool';
import { receiver } from '@guanxi/event-sourcing/receive';
import { applySchema } from '@guanxi/event-sourcing/schema.apply';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { snapshots } from '@guanxi/event-sourcing/snapshots';
import { ensureViews } from '@guanxi/event-sourcing/view.ensure';
import { startViews } from '@guanxi/event-sourcing/views';
import { timelineView } from '@guanxi/interactions/timeline.view';
import { startConsumer, type OwnerHistory } from '@guanxi/messaging/consumer';
import { openKafkaBus } from '@guanxi/messaging/kafka.bus';
import { startRelay } from '@guanxi/messaging/relay';
import pg from 'pg';
import type { Bench } from './database.ts';

const telling: ServiceDefinition = { name: 'accounts', deciders: [account], views: [accountView] };
const listening: ServiceDefinition = { name: 'interactions', deciders: [], views: [timelineView] };

/** Times in ms: from the wish to its answer; from the answer to the row in the own view, and in a view of another service. */
export interface Heard {
  readonly ack: readonly number[];
  readonly own: readonly number[];
  readonly seen: readonly number[];
}

const noPolicies = (): Promise<never> => Promise.reject(new Error('no policies here'));

const fresh = async (bench: Bench, name: string, definition: ServiceDefinition): Promise<string> => {
  const url = await bench.create(name);
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  await applySchema(owner);
  await ensureViews(owner, definition, 'postgres');
  await owner.end();
  return url;
};

/** Two services in one process: accounts tells over Kafka, interactions hears and keeps its timeline. */
export const hearing = async (bench: Bench, brokers: readonly string[], partitions: number) => {
  const [tellingUrl, listeningUrl] = [await fresh(bench, 'telling', telling), await fresh(bench, 'listening', listening)];
  const [pool, other] = [openPool(tellingUrl, { name: 'telling' }), openPool(listeningUrl, { name: 'listening' })];
  await Promise.all([presentEpoch(pool), presentEpoch(other)]);
  const appender = openAppender(tellingUrl);
  const views = await startViews({ definition: telling, url: tellingUrl, pool, execute: noPolicies });
  appender.onAppend((head) => views.appended(head));
  const kept = snapshots(pool);
  const surroundings = { service: 'accounts', namespace: randomUUID(), partitions, load: loader(pool), lookups: lookups(pool) };
  const running = executor({ ...surroundings, appender, snapshots: kept, views });
  const tellingBus = openKafkaBus({ brokers, clientId: 'telling', compression: 'none' });
  const relay = startRelay({ pool, bus: tellingBus, source: 'accounts', partitions });
  appender.onAppend(() => relay.wake());

  const theirs = await startViews({ definition: listening, url: listeningUrl, pool: other, execute: noPolicies });
  const listeningBus = openKafkaBus({ brokers, clientId: 'listening', compression: 'none' });
  const told = history(pool);
  const owner: OwnerHistory = {
    range: async (_, partition, after, upTo) => ({
      epoch: (await presentEpoch(pool)).id,
      events: await told.read({ partition, after, upTo, limit: 1_000 }),
    }),
    epochs: () => listEpochs(pool),
  };
  const received = receiver(other, () => theirs.received());
  const consumer = startConsumer({ bus: listeningBus, group: 'interactions', sources: ['accounts'], owner, receiver: received, partitions });

  const register = async (): Promise<{ id: string; position: string }> => {
    const caller: Caller = { subject: 'op-17', kind: 'OPERATOR', role: '', segment: 'default', idempotencyKey: randomUUID(), wait: false };
    return running.execute(account, 'registerAccount', { kind: 'PERSON', displayName: 'Wang', accountId: '' }, caller);
  };

  /** Looks for accounts in the other service's timeline until all are there; a look takes about a millisecond. */
  const watch = async (answered: ReadonlyMap<string, number>, sending: () => boolean): Promise<number[]> => {
    const seen = new Map<string, number>();
    for (const end = Date.now() + 60_000; sending() || seen.size < answered.size; await sleep(1)) {
      if (Date.now() > end) throw new Error(`${answered.size - seen.size} registrations were not heard of within a minute`);
      const open = [...answered.keys()].filter((id) => !seen.has(id));
      if (open.length === 0) continue;
      const text = 'select account_id::text as id from timeline where account_id = any($1::uuid[])';
      const { rows } = await other.query<{ id: string }>({ name: 'seen', text, values: [open] });
      const now = performance.now();
      for (const { id } of rows) seen.set(id, now - (answered.get(id) ?? NaN));
    }
    return [...seen.values()];
  };

  const round = async (perSecond: number, seconds: number): Promise<Heard> => {
    const answered = new Map<string, number>();
    const [ack, own]: [number[], number[]] = [[], []];
    let sending = true;
    const watching = watch(answered, () => sending);
    const began = performance.now();
    const open: Promise<void>[] = [];
    const one = async (due: number): Promise<void> => {
      const { id, position } = await register();
      const at = performance.now();
      ack.push(at - due);
      answered.set(id, at);
      await views.settled(['guanxi.accounts.v1.AccountRegistered'], Number(position), 5_000);
      own.push(performance.now() - at);
    };
    for (let n = 0; n < perSecond * seconds; n++) {
      const due = began + (n * 1000) / perSecond;
      if (due > performance.now()) await sleep(due - performance.now());
      open.push(one(due));
    }
    await Promise.all(open);
    sending = false;
    return { ack, own, seen: await watching };
  };

  const stop = async (): Promise<void> => {
    await running.close();
    await appender.close();
    await Promise.all([relay.stop(), consumer.stop()]);
    await Promise.all([views.stop(), theirs.stop(), kept.close()]);
    await Promise.all([tellingBus.close(), listeningBus.close()]);
    await Promise.all([pool.end(), other.end()]);
  };
  await register();
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(100))
    if (Number((await other.query<{ n: string }>('select count(*) as n from timeline')).rows[0]?.n) > 0) return { round, stop };
  throw new Error('the other service heard of nothing within half a minute');
};
