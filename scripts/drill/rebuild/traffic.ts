import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DescMethod } from '@bufbuild/protobuf';
import { AccountCommands, AccountQueries } from '@guanxi/contracts/guanxi/accounts/v1/account_pb';
import { OrderCommands, OrderQueries } from '@guanxi/contracts/guanxi/accounts/v1/order_pb';
import type { Random } from '../../demo/random.ts';
import type { Life, Pair } from './pair.ts';
import type { Truth } from './truth.ts';

/** What went on, and what should not have been. */
export interface Traffic {
  commands: number;
  reads: number;
  /** Commands that did not wait for their views: those were more than a second behind just after a start. */
  late: number;
  /** Calls that were under way when their process was killed. */
  cutOff: number;
  longestReadMs: number;
  readonly failed: string[];
  readonly stale: string[];
}

/** A thing that is written and read; a read that begins now must show at least this version. */
interface Written {
  readonly id: string;
  readonly get: DescMethod;
  readonly field: string;
  readonly view: string;
  /** The version that a command made, at which position of the history, when it was answered and by whom. */
  answered: number;
  position: number;
  at: number;
  by: Life | undefined;
  /** What was read. */
  read: number;
}

const answeredInMs = 900;
const most = 5_000;

/** Writes and reads at both processes until `going` says no. Each write is read at once, at either process. */
export const traffic = (pair: Pair, truth: Truth, random: Random, seen: Traffic, going: () => boolean) => {
  const all: Written[] = [];
  const keep = (it: Written): void => void (all.length < most ? all.push(it) : (all[random.whole(0, most - 1)] = it));

  /** Undefined where the process was killed meanwhile. */
  const call = async (life: Life, method: DescMethod, request: object): Promise<Record<string, unknown> | undefined> => {
    try {
      return await life.client.call(method, request, { authorization: pair.authorization });
    } catch (error) {
      // Its end may be noticed here before the drill has noted that it did it.
      await sleep(100);
      if (!life.up) return void seen.cutOff++;
      const { slug = '', name, message } = error as Error & { slug?: string };
      if (slug.endsWith('-not-found')) return { version: 0 };
      seen.failed.push(`${method.name} at replica ${life.replica}: ${name} ${slug} ${message}`);
      return undefined;
    }
  };
  const anyone = async (): Promise<Life | undefined> => {
    const up = pair.up();
    if (up.length > 0) return random.pick(up);
    await sleep(20);
    return undefined;
  };

  /** A view that is more than a second behind is not waited for: then the answer claimed nothing. Nor can one be asked that died. */
  const excused = async ({ by, at, view }: Written): Promise<boolean> => {
    await sleep(1_000);
    const since = at - 2_000;
    return !by?.up || by.late > since || truth.lateAt(view) > since;
  };
  const missing = async (wanted: Written, version: number, mustShow: boolean): Promise<string | undefined> => {
    if (version < wanted.read) return `after ${wanted.read} was read`;
    if (version >= wanted.answered) return undefined;
    if (mustShow) return `though the live generation held ${wanted.answered} at position ${wanted.position}`;
    return (await excused(wanted)) ? void seen.late++ : `after ${wanted.answered} was answered`;
  };
  const read = async (it: Written): Promise<void> => {
    const life = await anyone();
    if (!life) return;
    const wanted = { ...it };
    const mustShow = truth.held(it.view) >= it.position;
    const began = performance.now();
    const answer = await call(life, it.get, { [it.field]: it.id });
    if (!answer) return;
    seen.reads++;
    seen.longestReadMs = Math.max(seen.longestReadMs, performance.now() - began);
    const version = Number(answer['version']);
    it.read = Math.max(it.read, version);
    const why = await missing(wanted, version, mustShow);
    if (why) seen.stale.push(`${it.get.name} at replica ${life.replica}: version ${version} ${why}`);
  };

  const write = async (
    method: DescMethod,
    request: object,
    known: Pick<Written, 'get' | 'field' | 'view'> & { it?: Written },
  ): Promise<Written | undefined> => {
    const life = await anyone();
    if (!life) return undefined;
    const began = performance.now();
    const answer = await call(life, method, request);
    if (!answer) return undefined;
    seen.commands++;
    const { id, version, position } = answer as { id: string; version: number; position: string };
    const { get, field, view, it = { id, get, field, view, answered: 0, position: 0, at: 0, by: undefined, read: 0 } } = known;
    const waited = performance.now() - began < answeredInMs;
    if (!waited) seen.late++;
    // One that waited as long as it may claims nothing about a read, but what the database says.
    if (version > it.answered)
      Object.assign(it, { answered: version, position: Number(position), at: performance.now(), by: waited ? life : undefined });
    return it;
  };

  const account = { get: AccountQueries.method.getAccount, field: 'accountId', view: 'accounts' };
  const order = { get: OrderQueries.method.getOrder, field: 'orderId', view: 'orders' };
  const register = () =>
    write(AccountCommands.method.registerAccount, { kind: 'PERSON', displayName: `客户 ${randomUUID()}`, segmentId: 'drill' }, account);
  const buy = ({ id }: Written) => {
    const lines = [{ product: 'CD', quantity: '1', amountMinor: String(random.whole(100, 9_999)) }];
    const request = {
      accountId: id,
      externalRef: { system: 'drill', id: randomUUID() },
      orderedAt: new Date().toISOString(),
      currency: 'CNY',
      lines,
    };
    return write(OrderCommands.method.recordOrder, request, order);
  };
  const rename = (it: Written) =>
    write(AccountCommands.method.updateProfile, { accountId: it.id, displayName: `客户 ${randomUUID()}` }, { ...account, it });

  const act = async (): Promise<void> => {
    const accounts = all.slice(-200).filter((it) => it.field === 'accountId');
    const it = accounts.length > 0 && !random.chance(20) ? random.pick(accounts) : undefined;
    const done = it ? await (random.chance(50) ? rename(it) : buy(it)) : await register();
    if (!done) return;
    if (!all.includes(done)) keep(done);
    await read(done);
  };
  const loop = async (step: () => Promise<void>): Promise<void> => {
    while (going()) await step();
  };
  const readAny = async (): Promise<void> => (all.length > 0 ? read(random.pick(all)) : sleep(10));
  return Promise.all([loop(act), loop(act), loop(act), loop(readAny), loop(readAny)]);
};
