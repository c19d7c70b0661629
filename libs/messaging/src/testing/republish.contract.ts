import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { DeliveredRecord, EventBus } from '../bus.js';
import { placeOf } from '../consumer.rules.js';
import { startRepublisher, type Republisher } from '../republish.js';
import { beginRepublish, getRepublication, stopRepublish } from '../republish.jobs.js';
import type { FreshDatabase } from './bus.contract.js';
import type { TestService } from './owner.js';
import { openStage, type Play, type Stage } from './stage.js';
import { pause, until } from './until.js';

/** A bus that can be made to forget a topic, with all that was in it. */
export interface Forgetful {
  readonly open: () => Promise<EventBus>;
  readonly forget: (topic: string) => Promise<void>;
}

let readers = 0;

/** Sending history once more, over any bus. */
export const republishContract = ({ open, forget }: Forgetful, freshDatabase: FreshDatabase): void => {
  let bus: EventBus;
  let stage: Stage;
  let owner: TestService;
  const running: { stop(): Promise<unknown> }[] = [];
  const republisher = (source: string, by = bus): Republisher => {
    const it = startRepublisher({ pool: owner.pool, bus: by, source, partitions: 5, pollMs: 50 });
    running.push(it);
    return it;
  };
  const over = async (): Promise<void> =>
    until(
      async () => (await getRepublication(owner.pool)).state !== 'RUNNING',
      () => getRepublication(owner.pool),
    );
  const relayed = (head: number): Promise<void> =>
    until(async () => (await owner.query(`select from checkpoints where name = 'relay' and position = $1`, [head])).length === 1);
  /** Everything that comes out of the topic from its beginning, to one new group. */
  const reader = async ({ topic }: Play): Promise<DeliveredRecord[]> => {
    const heard: DeliveredRecord[] = [];
    const subscription = await bus.consume(`reader${++readers}-${Date.now()}`, [topic], ({ records }) =>
      Promise.resolve(void heard.push(...records)),
    );
    running.push({ stop: () => subscription.close() });
    return heard;
  };
  /** What somebody takes who goes by prev-position and cannot fetch what lies between. */
  const followed = (heard: readonly DeliveredRecord[]): number[] => {
    const rows = new Map<number, number>();
    return heard.flatMap(({ partition, headers }) => {
      const place = placeOf(headers);
      if (!place || place.position <= (rows.get(partition) ?? 0) || place.prev !== (rows.get(partition) ?? 0)) return [];
      rows.set(partition, place.position);
      return [place.position];
    });
  };

  beforeAll(async () => {
    bus = await open();
    stage = await openStage(freshDatabase, bus);
    owner = stage.owner;
  }, 60_000);
  afterEach(async () => {
    await stage.rest();
    await Promise.all(running.splice(0).map((it) => it.stop()));
  });
  afterAll(async () => {
    await stage.close();
    await bus.close();
  }, 60_000);

  it('sends the same records with the same places; subscribers pass over them, and the relay goes on meanwhile', async () => {
    const it = await stage.play();
    const consumer = it.consumer();
    it.relay();
    await owner.append(1_200);
    await it.converged();
    republisher(it.source);
    await beginRepublish(owner.pool, 1, 0);
    await owner.append(50);
    await over();
    await it.converged();
    expect(consumer.counts(it.source)).toMatchObject({ taken: 1_250, fetched: 0, dropped: 0, foreign: 0 });
    const heard = await reader(it);
    await until(
      () => heard.length >= 2_450,
      () => heard.length,
    );
    const texts = new Map<string, string>();
    for (const { key, value, partition, headers } of heard) {
      const text = JSON.stringify([key, value.toString(), partition, headers['prev-position'], headers.epoch]);
      expect(texts.get(headers.position ?? '') ?? text).toBe(text);
      texts.set(headers.position ?? '', text);
    }
    expect(texts.size).toBe(1_250);
  }, 60_000);

  it('fills a topic that was lost with everything in it: a new subscriber reads all of it, though others write meanwhile', async () => {
    const it = await stage.play();
    const relay = it.relay();
    await owner.append(2_000);
    await relayed(2_000);
    await forget(it.topic);
    // So slow that the relay would send what is new before it.
    republisher(it.source, { ...bus, publish: (...all) => pause(50).then(() => bus.publish(...all)) });
    await beginRepublish(owner.pool, 1, 0);
    let head = 0;
    while ((await getRepublication(owner.pool)).state === 'RUNNING') head = await owner.append(3);
    head = await owner.append(10);
    await relayed(head);
    const heard = await reader(it);
    await until(
      () => followed(heard).length === head,
      () => [head, followed(heard).length],
    );
    expect(followed(heard).sort((a, b) => a - b)).toEqual(Array.from({ length: head }, (_, n) => n + 1));
    expect(relay.health()).toMatchObject({ reason: '' });
    // Whoever can fetch holds all of it, too, and once.
    it.consumer();
    await it.converged();
  }, 60_000);

  it('sends a range, whose first record names what is before it in the history', async () => {
    const it = await stage.play();
    it.relay();
    await owner.append(300);
    await relayed(300);
    await forget(it.topic);
    republisher(it.source);
    expect(await beginRepublish(owner.pool, 101, 140)).toMatchObject({ state: 'RUNNING', first: 101, last: 140, place: 100, end: 140 });
    await over();
    const heard = await reader(it);
    const sent = () => heard.map((one) => placeOf(one.headers)?.position ?? 0).filter((position) => position > 100 && position <= 140);
    await until(() => sent().length >= 40, sent);
    expect(new Set(sent())).toEqual(new Set(Array.from({ length: 40 }, (_, n) => n + 101)));
    const first = heard.find((one) => one.headers.position === '101');
    const [before] = await owner.query<{ position: number }>('select max(position) as position from events where partition = $1 and position < 101', [
      first?.partition,
    ]);
    expect(first?.headers['prev-position']).toBe(String(before?.position));
    expect(await getRepublication(owner.pool)).toMatchObject({ state: 'DONE', place: 140, end: 140 });
  }, 60_000);

  it('goes on where it was when the replica that was at it is gone, and after errors', async () => {
    const it = await stage.play();
    it.relay();
    await owner.append(3_000);
    await relayed(3_000);
    const sent: number[] = [];
    let hanging = false;
    let end = (_error: Error): void => undefined;
    const never = new Promise<never>((_, reject) => (end = reject));
    const hangs: EventBus = {
      ...bus,
      publish: async (topic, records) => {
        hanging = sent.length >= 1_000;
        if (hanging) return never;
        sent.push(...records.map((one) => Number(one.headers.position)));
        await bus.publish(topic, records);
      },
    };
    let refusals = 1;
    const refuses: EventBus = {
      ...bus,
      publish: async (topic, records) => {
        if (refusals-- > 0) throw new Error('not now');
        sent.push(...records.map((one) => Number(one.headers.position)));
        await bus.publish(topic, records);
      },
    };
    republisher(it.source, hangs);
    await beginRepublish(owner.pool, 1, 0);
    await until(() => hanging);
    const holders = (): Promise<{ pid: number }[]> =>
      owner.query(
        `select pid from pg_stat_activity where datname = current_database() and state = 'idle in transaction' and pid <> pg_backend_pid()`,
      );
    await until(async () => (await holders()).length === 1);
    // As when its process is killed.
    await owner.query('select pg_terminate_backend($1)', [(await holders())[0]?.pid]);
    republisher(it.source, refuses);
    await over();
    expect(await getRepublication(owner.pool)).toMatchObject({ state: 'DONE', place: 3_000 });
    expect(sent).toEqual(Array.from({ length: 3_000 }, (_, n) => n + 1));
    end(new Error('killed'));
  }, 60_000);

  it('is done one at a time, once though many replicas run; it can be stopped, and what was asked wrongly is refused', async () => {
    const it = await stage.play();
    await expect(getRepublication(owner.pool)).rejects.toMatchObject({ slug: 'republish-unknown' });
    it.relay();
    await owner.append(400);
    await relayed(400);
    await expect(beginRepublish(owner.pool, 1, 401)).rejects.toMatchObject({ slug: 'position-beyond-the-end' });
    await expect(beginRepublish(owner.pool, 401, 0)).rejects.toMatchObject({ slug: 'position-beyond-the-end' });
    await expect(beginRepublish(owner.pool, 9, 8)).rejects.toMatchObject({ slug: 'range-backwards' });
    const asked = await Promise.allSettled(Array.from({ length: 5 }, () => beginRepublish(owner.pool, 1, 0)));
    expect(asked.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    await expect(beginRepublish(owner.pool, 1, 0)).rejects.toMatchObject({ slug: 'republish-running' });
    expect(await stopRepublish(owner.pool)).toMatchObject({ state: 'STOPPED', place: 0 });
    Array.from({ length: 3 }, () => republisher(it.source));
    await pause(200);
    await beginRepublish(owner.pool, 1, 0);
    await over();
    const heard = await reader(it);
    await until(
      () => heard.length >= 800,
      () => heard.length,
    );
    await pause(200);
    expect(heard).toHaveLength(800);
    expect(await stopRepublish(owner.pool)).toMatchObject({ state: 'DONE', place: 400, end: 400 });
  }, 60_000);
};
