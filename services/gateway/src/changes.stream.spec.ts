import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
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

const customer = '01890a5d-ac96-774b-bcce-b302099a8057';
const other = '01890a5d-ac96-774b-bcce-b302099a8058';

describe('a stream of changes', () => {
  let history: HistoryModel;
  let stopping: AbortController;
  const opened: PassThrough[] = [];
  let tails: Map<string, Tail>;
  const call: Call = async (_service, _path, body) => {
    const page = await history.read(toPlain(ReadEventsRequestSchema, fromBinary(ReadEventsRequestSchema, body)));
    return { body: toBinary(ReadEventsResponseSchema, create(ReadEventsResponseSchema, page)), metadata: {} };
  };
  const read = changesOf(call, () => Promise.resolve('Bearer x'));
  beforeEach(() => {
    [history, stopping] = [new HistoryModel('accounts'), new AbortController()];
    tails = new Map([['accounts', new Tail('accounts', read, stopping.signal, logger('test', 'silent'))]]);
  });
  afterEach(() => {
    opened.splice(0).forEach((it) => it.destroy());
    history.stopping = true;
    stopping.abort();
  });
  const open = (last = '') => {
    const output = new PassThrough({ highWaterMark: 8 * 1024 });
    opened.push(output);
    const places = placesOf(last, ['accounts']);
    const parts = { output, customer, partition: partitionOf(customer, 24), without: new Set<never>(), places, tails, read };
    return { output, ended: new ChangesStream({ ...parts, endsMs: 60_000, beatMs: 100 }).run() };
  };
  const textOf = async (output: PassThrough, until: RegExp): Promise<string> => {
    let text = '';
    for await (const chunk of output) if (until.test((text += String(chunk)))) break;
    return text;
  };
  const lastPlace = (text: string): number => Number(text.match(/(?<=id: accounts=)\d+(?=\.\S+\ndata: .*\n\n)/g)?.at(-1));

  it('says at each beat up to where nothing happened to the customer', async () => {
    const { output } = open();
    history.pass(41);
    history.append(other, 'AccountTagged');
    expect(await textOf(output, /: still here\nid: accounts=42/)).toMatch(/^retry: 1000\n\nevent: ready\n/);
  });
  it('holds little for a client that does not read, and cuts it off', async () => {
    const { output, ended } = open();
    await sleep(50);
    for (let n = 0; n < 5_000; n++) history.append(customer, 'AccountTagged');
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, output.writableLength + output.readableLength)), 5);
    await ended;
    clearInterval(watch);
    expect(most).toBeLessThan(20 * 1024);
    expect(most).toBeGreaterThan(0);
  });
  it('tells a client everything in order that reads slowly', async () => {
    const { output } = open();
    await sleep(50);
    for (let n = 0; n < 3_000; n++) history.append(customer, 'AccountTagged');
    const positions: number[] = [];
    let text = '';
    for await (const chunk of output) {
      text += String(chunk);
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const position = /^event: account\n(?:.*\n)*data: .*"position":"(\d+)"/.exec(text.slice(0, end))?.[1];
        if (position) positions.push(Number(position));
        text = text.slice(end + 2);
      }
      if (positions.length >= 3_000) break;
      await sleep(3);
    }
    expect(positions).toEqual(Array.from({ length: 3_000 }, (_, n) => n + 1));
  });
  it('goes on where a client was cut off', async () => {
    for (let n = 0; n < 300; n++) history.append(customer, 'AccountTagged');
    const first = open('accounts=0.0000000a');
    const at = lastPlace(await textOf(first.output, /"position":"100"/));
    const again = open(`accounts=${at}.0000000a`);
    expect(lastPlace(await textOf(again.output, /event: account\n.*\n.*\n\n/))).toBeGreaterThan(at);
    expect(at).toBeGreaterThanOrEqual(100);
  });
});
