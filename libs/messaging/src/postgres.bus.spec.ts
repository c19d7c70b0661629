import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import type { BusRecord, EventBus } from './bus.js';
import { openPostgresBus } from './postgres.bus.js';
import { busContract, type BusWorld } from './testing/bus.contract.js';
import { pause, until } from './testing/until.js';

const cutAll = async (url: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
  await client.end();
};

const makeWorld = async (): Promise<BusWorld> => {
  const database = await freshDatabase();
  return { open: () => openPostgresBus(database.url, { pollMs: 200 }), cut: () => cutAll(database.url), close: () => database.drop() };
};

busContract('the PostgreSQL bus', makeWorld, freshDatabase);

describe('the PostgreSQL bus, of itself', () => {
  const topic = 'guanxi.own.v1';
  let database: FreshDatabase;
  const opened: EventBus[] = [];
  const open = async (options: Parameters<typeof openPostgresBus>[1] = {}): Promise<EventBus> => {
    const bus = await openPostgresBus(database.url, options);
    opened.push(bus);
    return bus;
  };
  const text = (value: string): BusRecord => ({ partition: 0, key: undefined, value: Buffer.from(value), headers: {} });

  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(async () => {
    await Promise.all(opened.map((it) => it.close()));
    await database.drop();
  });

  it('makes its tables once though many open it at the same time', async () => {
    const [bus] = await Promise.all(Array.from({ length: 5 }, () => open()));
    await bus?.ensureTopic(topic, 1);
    expect(await bus?.tail(topic, 1)).toEqual([]);
  });

  it('keeps a partition’s last record for ever, since the next number comes from it', async () => {
    const bus = await open({ retention: 100 });
    await bus.publish(topic, [text('a'), text('b')]);
    await pause(150);
    await bus.publish(topic, [text('c')]);
    await until(async () => (await bus.tail(topic, 9)).length === 1);
    await pause(300);
    await bus.publish(topic, [text('d')]);
    expect((await bus.tail(topic, 1)).map((it) => [it.offset, it.value.toString()])).toEqual([[4, 'd']]);
  });

  it('gives the partitions of a consumer that hangs to another one after its transaction’s time', async () => {
    const [bus, other] = [await open({ holdMs: 700 }), await open({ pollMs: 100 })];
    let hangs = false;
    let release = (): void => undefined;
    const hanging = await bus.consume('hangs', [topic], () => {
      hangs = true;
      return new Promise((resolve) => (release = resolve));
    });
    await until(() => hangs);
    const heard: string[] = [];
    const taking = await other.consume('hangs', [topic], ({ records }) => {
      heard.push(...records.map((it) => it.value.toString()));
      return Promise.resolve();
    });
    await pause(200);
    expect(heard).toEqual([]);
    await until(() => heard.includes('d'));
    release();
    await Promise.all([hanging.close(), taking.close()]);
  });

  it('gives what a consumer had not settled to another one at once when its connection breaks', async () => {
    const [bus, other] = [await open({ pollMs: 100 }), await open({ pollMs: 100 })];
    let release = (): void => undefined;
    let reached = false;
    const heard: string[] = [];
    const hanging = await bus.consume('breaks', [topic], () => {
      reached = true;
      return new Promise((resolve) => (release = resolve));
    });
    await until(() => reached);
    const taking = await other.consume('breaks', [topic], ({ records }) => {
      heard.push(...records.map((it) => it.value.toString()));
      return Promise.resolve();
    });
    await cutAll(database.url);
    await until(() => heard.includes('d'));
    release();
    await Promise.all([hanging.close(), taking.close()]);
  });

  it('tells a consumer that it has held its partitions too long at its next heartbeat', async () => {
    const bus = await open({ holdMs: 500 });
    const heartbeats: string[] = [];
    const subscription = await bus.consume('long', [topic], async ({ heartbeat }) => {
      for (let n = 0; n < 3 && heartbeats.length < 4; n++) {
        await heartbeat();
        heartbeats.push('alive');
        await pause(300);
      }
    });
    await until(() => heartbeats.length === 4);
    await subscription.close();
  });

  it('wakes its consumers at once, long before they would look by themselves', async () => {
    const bus = await open({ pollMs: 60_000 });
    const heard: string[] = [];
    const subscription = await bus.consume('woken', [topic], ({ records }) => {
      heard.push(...records.map((it) => it.value.toString()));
      return Promise.resolve();
    });
    await until(() => heard.includes('d'));
    await bus.publish(topic, [text('e')]);
    await until(
      () => heard.includes('e'),
      () => heard,
      2_000,
    );
    await subscription.close();
  });

  it('goes on from the start of what there is where the bus lost its messages, with or without the place of the group', async () => {
    const bus = await open({ pollMs: 100 });
    const lost = 'guanxi.lost.v1';
    const heard: string[] = [];
    await bus.ensureTopic(lost, 1);
    const subscription = await bus.consume('loses', [lost], ({ records }) => {
      heard.push(...records.map((it) => it.value.toString()));
      return Promise.resolve();
    });
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const send = async (...values: string[]): Promise<void> => {
      await bus.ensureTopic(lost, 1);
      await bus.publish(lost, values.map(text));
      await until(
        () => heard.includes(values.at(-1) ?? ''),
        () => heard,
      );
    };
    await send('a', 'b', 'c');
    await client.query('truncate bus_messages');
    await send('d');
    await client.query('truncate bus_messages, bus_offsets, bus_topics');
    await send('e');
    expect(heard).toEqual(['a', 'b', 'c', 'd', 'e']);
    await Promise.all([client.end(), subscription.close()]);
  });
});
