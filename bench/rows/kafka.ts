import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import pg from 'pg';
import { openKafkaBus } from '@guanxi/messaging/kafka.bus';
import { startRelay } from '@guanxi/messaging/relay';
import { openPool } from '@guanxi/event-sourcing/pool';
import { startBroker } from '../../scripts/kafka/broker.ts';
import type { Bench } from '../database.ts';
import { median, quantile } from '../harness.ts';
import type { Figure } from '../report.ts';
import { hearing } from '../kafka.hearing.ts';

const partitions = 24;
const perSecond = 500;
const seconds = 6;
const backlog = 40_000;
/** As large as a typical record, with what the relay sends along. */
const value = Buffer.alloc(700, 'x');
const headers = { position: '123456', 'prev-position': '123432', epoch: randomUUID(), 'content-type': 'application/cloudevents+json' };
const key = randomUUID();

const say = (name: string, figure: string): void => console.log(`    ${name.padEnd(58)}  ${figure}`);

/** The client's own batch produce rate: batches of 500, one outstanding, acks of all. */
const produceRate = async (producer: kafkajs.Producer, topic: string): Promise<number> => {
  const began = performance.now();
  for (let sent = 0; sent < backlog; sent += 500) {
    const messages = Array.from({ length: 500 }, (_, n) => ({ partition: (sent + n) % partitions, key, value, headers }));
    await producer.send({ topic, acks: -1, messages });
  }
  return backlog / ((performance.now() - began) / 1000);
};

/** The broker's own way from producer to consumer at a trickle, in ms: one raw client of each. */
const throughBroker = async (kafka: kafkajs.Kafka, producer: kafkajs.Producer, topic: string): Promise<number[]> => {
  const sent = new Map<string, number>();
  const seen: number[] = [];
  const consumer = kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 50 });
  await consumer.connect();
  await consumer.subscribe({ topic });
  let joined = false;
  consumer.on('consumer.group_join', () => (joined = true));
  await consumer.run({
    eachBatch: ({ batch }) => {
      for (const { key } of batch.messages) {
        const at = sent.get(key?.toString() ?? '');
        if (at !== undefined) seen.push(performance.now() - at);
      }
      return Promise.resolve();
    },
  });
  while (!joined) await sleep(50);
  await sleep(1_000);
  const began = performance.now();
  const open: Promise<unknown>[] = [];
  for (let n = 0; n < perSecond * seconds; n++) {
    const due = began + (n * 1000) / perSecond;
    if (due > performance.now()) await sleep(due - performance.now());
    sent.set(String(n), due);
    open.push(producer.send({ topic, acks: -1, messages: [{ key: String(n), partition: n % partitions, value }] }));
  }
  await Promise.all(open);
  for (const end = Date.now() + 10_000; seen.length < sent.size && Date.now() < end; await sleep(20));
  await consumer.disconnect();
  return seen;
};

/** A history that is already there, as the events table holds it. */
const fillHistory = `
  insert into events (position, stream_id, version, type, key, partition, recorded_at, record)
  select n, gen_random_uuid(), 1, 'guanxi.accounts.v1.AccountRegistered', gen_random_uuid(), n % ${partitions}, clock_timestamp(),
         json_build_object('specversion', '1.0', 'filler', repeat('x', 640)) from generate_series(1, ${backlog}) n`;

/** How fast a relay sends a history that waits for it. */
const relayRate = async (bench: Bench, brokers: readonly string[], n: number): Promise<number> => {
  const url = await bench.create(`relay${n}`);
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  const { applySchema } = await import('@guanxi/event-sourcing/schema.apply');
  await applySchema(owner);
  await owner.query(`insert into epochs values ($1, 0)`, [randomUUID()]);
  await owner.query(fillHistory);
  await owner.query('analyze events');
  const pool = openPool(url, { name: 'bench-relay', max: 4 });
  const bus = openKafkaBus({ brokers, clientId: 'bench-relay', compression: 'none' });
  const relay = startRelay({ pool, bus, source: `relay${n}`, partitions });
  const position = async (): Promise<number> =>
    Number((await owner.query<{ position: string }>(`select position from checkpoints where name = 'relay'`)).rows[0]?.position ?? 0);
  // Making the topic and connecting are no part of the rate.
  let first = 0;
  while (first === 0) first = await position();
  const began = performance.now();
  while ((await position()) < backlog) await sleep(5);
  const rate = (backlog - first) / ((performance.now() - began) / 1000);
  await relay.stop();
  await bus.close();
  await pool.end();
  await owner.end();
  return rate;
};

/** Rows 11 and 12 of performance.md §11: over a broker of its own, with the broker's and the client's own figures beside them. */
export const kafkaRows = async (bench: Bench, rounds: number): Promise<Figure[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'guanxi-bench-kafka-'));
  const broker = await startBroker(folder);
  const kafka = new kafkajs.Kafka({ brokers: [broker.brokers], clientId: 'probe', logLevel: kafkajs.logLevel.NOTHING });
  const [admin, producer] = [kafka.admin(), kafka.producer({ allowAutoTopicCreation: false })];
  try {
    await Promise.all([admin.connect(), producer.connect()]);
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: 'probe', numPartitions: partitions }] });
    await produceRate(producer, 'probe');
    const rates: { client: number; relay: number }[] = [];
    const ways: { broker: readonly number[]; ack: readonly number[]; seen: readonly number[]; own: readonly number[] }[] = [];
    const heard = await hearing(bench, [broker.brokers], partitions);
    for (let n = 0; n < rounds; n++) {
      rates.push({ client: await produceRate(producer, 'probe'), relay: await relayRate(bench, [broker.brokers], n) });
      ways.push({ broker: await throughBroker(kafka, producer, 'probe'), ...(await heard.round(perSecond, seconds)) });
    }
    await heard.stop();
    const rate = (pick: 'client' | 'relay'): number => median(rates.map((it) => it[pick]));
    const of = (pick: 'broker' | 'ack' | 'seen' | 'own', q: number): number => median(ways.map((it) => quantile(it[pick], q)));
    say('the client’s own batches of 500', `${Math.round(rate('client')).toLocaleString('en')}/s`);
    say('the relay from a backlog', `${Math.round(rate('relay')).toLocaleString('en')}/s`);
    const words = {
      broker: 'produced → consumed, raw clients',
      ack: 'command → answered at the append',
      own: 'answered → seen in the own service',
      seen: 'answered → seen in another service',
    };
    for (const pick of ['broker', 'ack', 'own', 'seen'] as const)
      say(words[pick], `p50 ${of(pick, 0.5).toFixed(1)} p99 ${of(pick, 0.99).toFixed(1)} ms`);
    const allowed = of('own', 0.99) + 2 * of('broker', 0.99);
    return [
      {
        row: '12',
        what: 'relay to Kafka ÷ the client’s own produce rate',
        value: median(rates.map((it) => it.relay / it.client)),
        gate: 0.5,
        stretch: 0.8,
      },
      {
        row: '11',
        what: `seen in another service at ${perSecond}/s, p99 ÷ (own view + 2 × broker)`,
        value: of('seen', 0.99) / allowed,
        gate: 1,
        atLeast: false,
      },
    ];
  } finally {
    await Promise.allSettled([admin.disconnect(), producer.disconnect()]);
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};
