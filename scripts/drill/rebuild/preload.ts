import { randomUUID } from 'node:crypto';
import { AccountCommands } from '@guanxi/contracts/guanxi/accounts/v1/account_pb';
import { OrderCommands } from '@guanxi/contracts/guanxi/accounts/v1/order_pb';
import type { Pair } from './pair.ts';

const lanes = 64;
const ordersEach = 8;

/** Registers accounts with orders, until there are about so many events; a fold of few would be over before it can be killed. */
export const preload = async (pair: Pair, events: number): Promise<number> => {
  let written = 0;
  const lane = async (n: number): Promise<void> => {
    const client = pair.up()[n % 2]?.client;
    if (!client) throw new Error('a process is away before anybody killed it');
    const headers = { authorization: pair.authorization, prefer: 'respond-async' };
    while (written < events) {
      const { id } = await client.call(AccountCommands.method.registerAccount, { kind: 'PERSON', displayName: '客户', segmentId: 'drill' }, headers);
      for (let m = 0; m < ordersEach; m++) {
        const lines = [{ product: 'CD', quantity: '1', amountMinor: '1000' }];
        const externalRef = { system: 'drill', id: randomUUID() };
        const request = { accountId: id, externalRef, orderedAt: new Date().toISOString(), currency: 'CNY', lines };
        await client.call(OrderCommands.method.recordOrder, request, headers);
      }
      written += ordersEach + 2;
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, n) => lane(n)));
  return written;
};
