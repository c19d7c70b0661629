import { afterAll, describe, expect, it } from '@jest/globals';
import type { Receiver } from '@guanxi/event-sourcing/receive';
import type { Batch, EventBus } from './bus.js';
import { startConsumer, type ConsumerOptions, type OwnerHistory } from './consumer.js';
import { hear, placeOf, type Place } from './consumer.rules.js';
import { until } from './testing/until.js';

const epoch = '01900000-0000-7000-8000-000000000001';
const place = (position: number, prev: number): Place => ({ epoch, position, prev });

describe('a message’s place', () => {
  it('is what its headers say', () => expect(placeOf({ epoch, position: '7', 'prev-position': '0' })).toEqual(place(7, 0)));

  it.each([
    ['missing', {}],
    ['partly missing', { epoch, position: '7' }],
    ['no UUID', { epoch: 'e1', position: '7', 'prev-position': '0' }],
    ['no number', { epoch, position: '7e3', 'prev-position': '0' }],
    ['negative', { epoch, position: '7', 'prev-position': '-1' }],
    ['beyond what a number holds', { epoch, position: '9999999999999999', 'prev-position': '0' }],
    ['not in order', { epoch, position: '7', 'prev-position': '7' }],
  ])('is nobody’s where they are %s', (_, headers) => expect(placeOf(headers)).toBeUndefined());
});

describe('hearing a batch', () => {
  it('asks for a hundred messages at once and no more, since commands wait meanwhile', () => {
    const batch = Array.from({ length: 250 }, (_, n) => place(n + 1, n));
    const asked: number[] = [];
    const steps = hear(batch);
    for (let step = steps.next(undefined as never); !step.done;) {
      const messages = step.value.ask === 'receive' ? step.value.messages : [];
      asked.push(messages.length);
      step = steps.next({ row: { epoch, position: messages.at(-1)?.position ?? 0 }, done: messages.length } as never);
    }
    expect(asked).toEqual([100, 100, 50]);
  });
});

describe('a consumer in trouble', () => {
  let handle: (batch: Batch) => Promise<void> = () => Promise.resolve();
  const state = { bus: 'away', owner: 'away' };
  const bus = {
    ensureTopic: () => (state.bus === 'away' ? Promise.reject(new Error('away')) : Promise.resolve()),
    consume: (_group, _topics, it) => {
      handle = it;
      return Promise.resolve({ close: () => Promise.resolve() });
    },
  } as Partial<EventBus> as EventBus;
  const owner: OwnerHistory = {
    epochs: () => (state.owner === 'away' ? Promise.reject(new Error('away')) : Promise.resolve([{ id: epoch, base: 0 }])),
    range: () => Promise.reject(new Error('away')),
  };
  let row = { epoch: '', position: 0 };
  const receiver: Receiver = {
    receive: (_source, _partition, of, messages) => {
      if (row.epoch !== of) return Promise.resolve({ row, done: 0, taken: 0 });
      const taken = messages.filter((it) => it.position > row.position).length;
      row = { epoch: of, position: messages.at(-1)?.position ?? 0 };
      return Promise.resolve({ row, done: messages.length, taken });
    },
    enter: (_source, _partition, _from, to) => {
      row = to;
      return Promise.resolve();
    },
  };
  const options: ConsumerOptions = { bus, group: 'g', sources: ['accounts'], owner, receiver };
  const consumer = startConsumer(options);
  const headers = { epoch, position: '1', 'prev-position': '0' };
  const batch: Batch = {
    topic: 'guanxi.accounts.v1',
    partition: 3,
    records: [
      { topic: 'guanxi.accounts.v1', partition: 3, offset: 1, at: Date.now() - 5_000, key: 'k', value: Buffer.from('{"type":"t"}'), headers },
    ],
    heartbeat: () => Promise.resolve(),
  };
  afterAll(() => consumer.stop());

  it('starts though the bus is away, says so, and comes when it is back', async () => {
    expect(consumer.health()).toEqual([{ name: 'consumer accounts', ready: true, lagMs: 0, reason: 'not yet at the bus' }]);
    state.bus = 'there';
    await until(() => consumer.health()[0]?.reason === '');
  });

  it('gives a batch back that it cannot settle, tells how old it is, and settles it when the owner answers', async () => {
    await expect(handle(batch)).rejects.toThrow('away');
    expect(consumer.health()[0]).toMatchObject({ ready: true, reason: '1 partitions cannot be received' });
    expect(consumer.health()[0]?.lagMs).toBeGreaterThanOrEqual(5_000);
    state.owner = 'there';
    await handle(batch);
    expect(consumer.health()[0]).toMatchObject({ ready: true, reason: '' });
    expect(consumer.counts('accounts')).toEqual({ taken: 1, fetched: 0, repeated: 0, dropped: 0, foreign: 0 });
    expect(consumer.health()[0]?.lagMs).toBeGreaterThanOrEqual(5_000);
  });

  it('is not late because a record is sent again', async () => {
    const lag = consumer.health()[0]?.lagMs;
    await handle({ ...batch, records: batch.records.map((it) => ({ ...it, at: Date.now() - 60_000 })) });
    expect(consumer.counts('accounts')).toMatchObject({ taken: 1, repeated: 1 });
    expect(consumer.health()[0]?.lagMs).toBe(lag);
  });
});
