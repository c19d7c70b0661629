import { History } from '@guanxi/contracts/guanxi/common/v1/history_pb';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { controllerOf, type RpcController } from '../controllers.js';

/** What the controller below was asked, and by whom. */
export interface Asked {
  readonly method: string;
  readonly request: Record<string, unknown>;
  readonly caller: object;
}

/** Gates that hold calls back until a test opens them. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

/** A gate that is shut. */
export const gate = (): Gate => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
};

/** What `readEvents` does for the numbers that tests put into `after`. */
export const asking = { answer: '0', refuse: '1', fail: '2', wait: '3', tooWrong: '4' } as const;

/** A stand-in for the service's rpcs, with a real contract: History. */
export const historyStub = (asked: Asked[] = [], held: Gate = gate()): RpcController =>
  controllerOf(History, async (_kit, { localName }, request, caller) => {
    asked.push({ method: localName, request, caller });
    if (localName === 'listEpochs') return { epochs: [{ id: 'e1', base: '3' }] };
    switch (request['after']) {
      case asking.refuse:
        throw new Rejection('epoch-unknown', 'conflict', 'There is no such epoch.', { version: 7, allowed: ['One', 'Two'], ids: ['i1'] });
      case asking.fail:
        throw new Error('the name of somebody');
      case asking.wait:
        await held.opened;
        return { head: '9' };
      case asking.tooWrong:
        return { stranger: 1 };
      default:
        return { records: ['一'], positions: ['1'], head: '1' };
    }
  });
