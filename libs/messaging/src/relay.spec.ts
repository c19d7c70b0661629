import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { topicOf, type BusRecord, type EventBus } from './bus.js';
import { openPostgresBus } from './postgres.bus.js';
import { startRelay, type Relay, type RelayOptions } from './relay.js';
import { checkStart } from './start.check.js';
import { testService, type TestService } from './testing/owner.js';
import { pause, until } from './testing/until.js';

describe('the relay', () => {
  let buses: FreshDatabase;
  let bus: EventBus;
  let owner: TestService;
  let source = '';
  let topic = '';
  let tests = 0;
  const running: Relay[] = [];
  /** Every publication, and what is to become of the next ones: 'lost' and 'unsure' (it arrives) both throw. */
  let sent: BusRecord[][] = [];
  let fates: ('lost' | 'unsure')[] = [];
  const watched = (): EventBus => ({
    ...bus,
    publish: async (to, records) => {
      sent.push([...records]);
      const fate = fates.shift();
      if (fate !== 'lost') await bus.publish(to, records);
      if (fate) throw new Error(fate);
    },
  });
  const start = (options: Partial<RelayOptions> = {}): Relay => {
    const it = startRelay({ pool: owner.pool, bus: watched(), source, partitions: 3, pollMs: 20, ...options });
    running.push(it);
    return it;
  };
  const positions = (records: readonly { headers: Readonly<Record<string, string>> }[]): number[] => records.map((it) => Number(it.headers.position));
  const checkpoint = async (): Promise<number> =>
    (await owner.query<{ position: number }>(`select position from checkpoints where name = 'relay'`))[0]?.position ?? 0;

  beforeAll(async () => {
    buses = await freshDatabase();
    bus = await openPostgresBus(buses.url);
    owner = await testService(freshDatabase, 'owner', 3);
  });
  beforeEach(async () => {
    [sent, fates, source] = [[], [], `owner${++tests}`];
    topic = topicOf(source);
    await owner.reset();
  });
  afterEach(() => Promise.all(running.splice(0).map((it) => it.stop())));
  afterAll(async () => {
    await Promise.all([bus.close(), owner.close()]);
    await buses.drop();
  });

  it('sends at most 500 records and 512 KiB at once, each naming the position before it in its partition', async () => {
    await owner.append(700);
    await owner.query(`update events set record = json_build_object('type', 't', 'data', repeat('x', 5000)) where position between 501 and 700`);
    start();
    await until(async () => (await checkpoint()) === 700);
    expect(sent.map((it) => it.length)[0]).toBe(500);
    expect(sent.length).toBeGreaterThan(2);
    for (const batch of sent) expect(batch.reduce((sum, it) => sum + it.value.length, 0)).toBeLessThanOrEqual(512 * 1024);
    const last = new Map<number, string>();
    for (const { partition, headers } of sent.flat()) {
      expect(headers['prev-position']).toBe(last.get(partition) ?? '0');
      last.set(partition, headers.position ?? '');
    }
  });

  it('sends a record that is larger than that alone', async () => {
    await owner.append(3);
    await owner.query(`update events set record = json_build_object('type', 't', 'data', repeat('x', 600000)) where position = 2`);
    start();
    await until(async () => (await checkpoint()) === 3);
    expect(sent.map(positions)).toEqual([[1], [2], [3]]);
  });

  it('begins again from its checkpoint after any error, and never skips', async () => {
    fates = ['lost', 'unsure', 'lost'];
    await owner.append(30);
    const relay = start();
    await until(() => relay.health().reason !== '');
    expect(relay.health()).toMatchObject({ name: 'relay', ready: true, reason: 'cannot send to the bus' });
    await until(async () => (await checkpoint()) === 30);
    expect(sent.map(positions)).toEqual(Array.from({ length: 4 }, () => Array.from({ length: 30 }, (_, n) => n + 1)));
    expect(relay.health()).toEqual({ name: 'relay', ready: true, lagMs: 0, reason: '' });
  });

  it('tells how long the oldest event waits that is not sent', async () => {
    fates = Array.from({ length: 99 }, () => 'lost');
    await owner.append(1);
    const relay = start();
    await until(() => sent.length > 1);
    expect(relay.health().lagMs).toBeGreaterThan(50);
    fates = [];
  });

  it('sends each event once though many replicas run', async () => {
    Array.from({ length: 4 }, () => start());
    for (let n = 0; n < 15; n++) await owner.append(20);
    await until(async () => (await checkpoint()) === 300);
    expect(positions(sent.flat())).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
  });

  it('does not leave an event to the next poll because another replica was at work when it came', async () => {
    const other = await owner.pool.connect();
    const relay = start({ pollMs: 60_000 });
    await until(async () => (await owner.query('select from checkpoints')).length === 1);
    await other.query(`begin; select from checkpoints where name = 'relay' for update`);
    await owner.append(1);
    relay.wake();
    await pause(100);
    await other.query('commit');
    other.release();
    await until(async () => (await checkpoint()) === 1, checkpoint, 1_000);
  });

  it('is taken over when the replica that holds the checkpoint hangs', async () => {
    const hanging = await owner.pool.connect();
    await hanging.query('set transaction_timeout = 500');
    await hanging.query(`insert into checkpoints values ('relay', 1, 1, 0, 0) on conflict do nothing`);
    hanging.on('error', () => undefined);
    await hanging.query(`begin`);
    await hanging.query(`select from checkpoints where name = 'relay' for update`);
    await owner.append(5);
    start();
    await pause(150);
    expect(sent).toEqual([]);
    await until(async () => (await checkpoint()) === 5);
    hanging.release(true);
  });

  it('repeats the last record of a silent partition, with the same numbers, outside its trace, and says it in the epoch of now', async () => {
    await owner.append(12);
    start({ silenceMs: 150 });
    await until(() => sent.length >= 4);
    const [first = [], ...ticks] = sent;
    const last = new Map(first.map((it) => [it.partition, it]));
    for (const again of ticks.slice(0, 3).flat()) {
      const { traceparent, ...headers } = last.get(again.partition)?.headers ?? {};
      expect(traceparent).toMatch(/^00-a{32}-b{16}-01$/);
      expect(again).toEqual({ ...last.get(again.partition), headers });
    }
    expect(ticks.flat().length).toBeGreaterThan(3);
    await owner.restore(12, true);
    const [epoch] = (await owner.query<{ id: string }>('select max(id) as id from epochs')).map(({ id }) => id);
    await until(() => sent.at(-1)?.[0]?.headers.epoch === epoch);
  });

  it('starts though the bus is away, and sends when it is back', async () => {
    let away = true;
    const flaky: EventBus = { ...watched(), ensureTopic: (...it) => (away ? Promise.reject(new Error('away')) : bus.ensureTopic(...it)) };
    await owner.append(3);
    const relay = start({ bus: flaky });
    await until(() => relay.health().reason !== '');
    away = false;
    await until(async () => (await checkpoint()) === 3);
  });

  describe('before it', () => {
    const send = async (): Promise<void> => {
      const relay = start();
      const head = (await owner.query<{ head: number }>('select max(position) as head from events'))[0]?.head;
      await until(async () => (await checkpoint()) === head);
      await relay.stop();
    };
    const check = async () => (await checkStart(owner.pool, bus, source)).state;

    it('the start check finds the own topic in the own history, also an empty one', async () => {
      expect(await check()).toBe('ours');
      await owner.append(50);
      await send();
      expect(await check()).toBe('ours');
      await owner.append(5);
      expect(await check()).toBe('ours');
    });

    it('the start check refuses a history that was restored and began no epoch, whether or not it has grown again', async () => {
      await owner.append(50);
      await send();
      await owner.restore(20, false);
      expect(await checkStart(owner.pool, bus, source)).toMatchObject({ state: 'foreign', reason: expect.stringContaining(topic) });
      await owner.append(60);
      expect(await check()).toBe('foreign');
    });

    it('the start check lets one pass that began an epoch: what the topic holds above its base is un-happened', async () => {
      await owner.append(50);
      await send();
      await owner.restore(20, true);
      expect(await check()).toBe('ours');
      await owner.append(60);
      await send();
      expect(await check()).toBe('ours');
    });

    it('the start check passes over what is not ours, and says so where the bus does not answer', async () => {
      await owner.append(3);
      await send();
      await bus.publish(topic, [{ partition: 0, key: undefined, value: Buffer.from('?'), headers: {} }]);
      expect(await check()).toBe('ours');
      const silent: EventBus = { ...bus, tail: () => new Promise(() => undefined) };
      expect(await checkStart(owner.pool, silent, source, 50)).toMatchObject({
        state: 'unknown',
        reason: expect.stringContaining('does not answer'),
      });
    });
  });
});
