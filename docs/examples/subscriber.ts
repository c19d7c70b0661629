/**
 * Hears everything that a service of Guanxi ever recorded, once, from Kafka: docs/subscribe.md. Node 24 and the package kafkajs.
 *   GUANXI_URL=… GUANXI_TOKEN=… KAFKA_BROKERS=… node subscriber.ts accounts state.json [--kept FILE]
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Kafka, logLevel, type EachBatchPayload, type KafkaMessage } from 'kafkajs';
import { proveRecord } from './proof.ts';

const { GUANXI_URL = 'http://127.0.0.1:8080', GUANXI_TOKEN = '', KAFKA_BROKERS = '127.0.0.1:9092' } = process.env;
const { values: asked, positionals } = parseArgs({ allowPositionals: true, options: { kept: { type: 'string' } } });
const [service = 'accounts', file = 'state.json'] = positionals;

/** Where we stand in a partition. */
type Row = { readonly epoch: string; readonly position: number };
/** Rows, and what we make of the records: here how many there are of each type. Both are written in one step. */
interface State {
  readonly rows: Record<string, Row>;
  readonly types: Record<string, number>;
  taken: number;
  fetched: number;
  passed: number;
}
const blank: State = { rows: {}, types: {}, taken: 0, fetched: 0, passed: 0 };
const state: State = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as State) : blank;
const save = (): void => {
  writeFileSync(`${file}.part`, JSON.stringify(state));
  renameSync(`${file}.part`, file);
};

const door = async (path: string): Promise<Response> => {
  const answered = await fetch(`${GUANXI_URL}/v1/history/${service}/${path}`, { headers: { authorization: `Bearer ${GUANXI_TOKEN}` } });
  if (!answered.ok) throw new Error(`${path}: ${answered.status} ${await answered.text()}`);
  return answered;
};

let last: { readonly position: number; readonly text: string } | undefined;
const take = (partition: number, epoch: string, position: number, text: string): void => {
  const { type } = JSON.parse(text) as { type: string };
  state.types[type] = (state.types[type] ?? 0) + 1;
  state.taken++;
  state.rows[partition] = { epoch, position };
  last = { position, text };
};

/** Records between our row and this one were lost on the way: their owner has them. */
const heal = async (partition: number, row: Row, upTo: number): Promise<void> => {
  for (let at = row.position; at < upTo;) {
    const page = await door(`events?after=${at}&partition=${partition}&limit=1000`);
    if (page.headers.get('epoch') !== row.epoch) return;
    const lines = (await page.text()).split('\n').filter(Boolean);
    if (lines.length === 0) return;
    for (const line of lines) {
      const space = line.indexOf(' ');
      at = Number(line.slice(0, space));
      if (at > upTo) return;
      take(partition, row.epoch, at, line.slice(space + 1));
      state.fetched++;
    }
  }
};

/** The owner was restored: back to the last position that all epochs since ours share. Undefined where it does not know this epoch. */
const enter = async (partition: number, row: Row, epoch: string): Promise<Row | undefined> => {
  const { epochs } = (await (await door('epochs')).json()) as { epochs: { id: string; base: string }[] };
  if (!epochs.some(({ id }) => id === epoch)) return undefined;
  const known = row.epoch === '' || epochs.some(({ id }) => id === row.epoch);
  const bases = epochs.filter(({ id }) => id > row.epoch).map(({ base }) => Number(base));
  const position = known ? Math.min(row.position, ...bases) : 0;
  if (position < row.position) console.warn(`a restore undid what we took above position ${position}: set it right`);
  const newest = epochs.reduce((last, { id }) => (id > last ? id : last), epoch);
  return (state.rows[partition] = { epoch: newest, position });
};

const headerOf = ({ headers }: KafkaMessage, name: string, form: RegExp): string | undefined =>
  [headers?.[name]?.toString() ?? ''].find((it) => form.test(it));

const hear = async (partition: number, message: KafkaMessage): Promise<void> => {
  const epoch = headerOf(message, 'epoch', /^[0-9a-f-]{36}$/);
  const [position = NaN, prev = NaN] = ['position', 'prev-position'].map((name) => Number(headerOf(message, name, /^\d{1,15}$/)));
  if (!epoch || !message.value || Number.isNaN(position + prev)) return void state.passed++;
  let row: Row | undefined = state.rows[partition] ?? { epoch: '', position: 0 };
  if (epoch > row.epoch) row = await enter(partition, row, epoch);
  if (!row || epoch < row.epoch || position <= row.position) return void state.passed++;
  if (prev === row.position) take(partition, epoch, position, message.value.toString());
  else await heal(partition, row, position);
};

const hearBatch = async ({ batch, ...kafka }: EachBatchPayload): Promise<void> => {
  for (const message of batch.messages) {
    await hear(batch.partition, message);
    await kafka.heartbeat();
  }
  // Before kafkajs commits the offset, which is a hint and nothing more.
  save();
};

const consumer = new Kafka({ clientId: 'example', brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.ERROR }).consumer({
  groupId: `example-${service}`,
});
const stop = async (): Promise<void> => {
  await consumer.disconnect();
  console.log(`took ${state.taken} (${state.fetched} of them fetched), passed over ${state.passed}; ${JSON.stringify(state.types)}`);
  if (last) console.log(await proveRecord(door, last.position, last.text, asked.kept));
};
process.once('SIGINT', () => void stop());
await consumer.connect();
await consumer.subscribe({ topic: `guanxi.${service}.v1`, fromBeginning: true });
await consumer.run({ eachBatch: hearBatch });
