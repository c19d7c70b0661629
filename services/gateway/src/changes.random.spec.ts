import { describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ReadEventsRequestSchema, ReadEventsResponseSchema } from '@guanxi/contracts/guanxi/common/v1/history_pb';
import { toPlain } from '@guanxi/contracts/json';
import { partitionOf } from '@guanxi/event-sourcing/partition';
import { logger } from '@guanxi/service-kit/log';
import { changesOf } from './changes.history.js';
import { placesOf } from './changes.place.js';
import { ChangesStream } from './changes.stream.js';
import { Tail } from './changes.tail.js';
import type { Call } from './peers.js';
import { HistoryModel } from './testing/history.model.js';

const customers = ['57', '58', '59'].map((it) => `01890a5d-ac96-774b-bcce-b302099a80${it}`);
const services = ['accounts', 'loyalty'];
const seconds = 4;

/** mulberry32: a failure can be run again. */
const randomOf = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

/** One client that goes away and comes back, to any gateway, with the last id that it saw. */
class Client {
  readonly told: string[] = [];
  /** Where its first place in each service was. */
  readonly from = new Map<string, number>();
  private last = '';
  private left = false;
  private output = new PassThrough();

  constructor(private readonly customer: string) {}

  connect(tails: ReadonlyMap<string, Tail>, read: ReturnType<typeof changesOf>): void {
    this.output.destroy();
    const output = new PassThrough({ highWaterMark: 512 });
    this.output = output;
    const parts = { output, customer: this.customer, partition: partitionOf(this.customer, 24), without: new Set<never>(), tails, read };
    const stream = new ChangesStream({ ...parts, places: placesOf(this.last, services), endsMs: 60_000, beatMs: 70 });
    // Who reads slowly may be cut off, and comes back as a browser does.
    void Promise.all([stream.run(), this.take(output)]).then(() => this.output === output && !this.left && this.connect(tails, read));
  }

  leave(): void {
    this.left = true;
    this.output.destroy();
  }

  private async take(output: PassThrough): Promise<void> {
    let text = '';
    try {
      for await (const chunk of output) {
        text += String(chunk);
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          this.hear(text.slice(0, end));
          text = text.slice(end + 2);
        }
        await sleep(1);
      }
    } catch {
      // It left in the middle.
    }
  }

  private hear(block: string): void {
    const id = /^id: (.*)$/m.exec(block)?.[1];
    if (id === undefined) return;
    this.last = id;
    for (const [service, { position }] of placesOf(id, services)) if (!this.from.has(service)) this.from.set(service, position);
    const [, service, position] = /"service":"(\w+)".*"position":"(\d+)"/.exec(block) ?? [];
    if (service) this.told.push(`${service}:${position}`);
  }
}

describe('live changes', () => {
  it('reach each client once and in order, whoever comes and goes, whichever gateway serves it, whatever service is away', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const random = randomOf(seed);
    const histories = new Map(services.map((it) => [it, new HistoryModel(it)]));
    const happened = new Map<string, number[]>();
    const stopping = new AbortController();
    const call: Call = async (service, _path, body) => {
      const page = await histories.get(service)!.read(toPlain(ReadEventsRequestSchema, fromBinary(ReadEventsRequestSchema, body)));
      return { body: toBinary(ReadEventsResponseSchema, create(ReadEventsResponseSchema, page)), metadata: {} };
    };
    const read = changesOf(call, () => Promise.resolve('Bearer x'));
    const tailsOf = () => new Map(services.map((it) => [it, new Tail(it, read, stopping.signal, logger('test', 'silent'))]));
    const gateways = [tailsOf(), tailsOf(), tailsOf()];
    const any = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
    const clients = Array.from({ length: 9 }, (_, n) => ({ customer: customers[n % 3]!, client: new Client(customers[n % 3]!) }));
    clients.forEach(({ client }) => client.connect(any(gateways), read));

    for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(random() * 8)) {
      const service = any(services);
      const history = histories.get(service)!;
      const burst = random() < 0.02 ? 200 : Math.floor(random() * 4);
      for (let n = 0; n < burst; n++) {
        const customer = any(customers);
        const position = history.append(customer, 'Happened', { customer: any(customers) });
        happened.set(`${service} ${customer}`, [...(happened.get(`${service} ${customer}`) ?? []), position]);
      }
      if (random() < 0.1) any(clients).client.connect(any(gateways), read);
      if (random() < 0.01) history.away = !history.away;
    }
    histories.forEach((it) => (it.away = false));
    const expectedOf = (service: string, { customer, client }: (typeof clients)[number]): number[] => {
      const from = client.from.get(service) ?? 0;
      return (happened.get(`${service} ${customer}`) ?? []).filter((it) => it > from);
    };
    const toldOf = (service: string, { client }: (typeof clients)[number]): number[] =>
      client.told.filter((it) => it.startsWith(service)).map((it) => Number(it.split(':')[1]));
    const lacks = (): boolean => clients.some((it) => services.some((service) => toldOf(service, it).length < expectedOf(service, it).length));
    for (const end = performance.now() + 10_000; performance.now() < end && lacks();) await sleep(50);
    // Something told twice would still be on its way.
    await sleep(200);

    for (const it of clients) {
      for (const service of services) expect({ seed, service, told: toldOf(service, it) }).toEqual({ seed, service, told: expectedOf(service, it) });
      it.client.leave();
    }
    histories.forEach((it) => (it.stopping = true));
    stopping.abort();
  });
});
