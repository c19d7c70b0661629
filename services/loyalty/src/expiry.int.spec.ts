import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrderCommands } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { MembershipCommands } from '@guanxi/contracts/guanxi/loyalty/v1/membership';
import { PointsQueries } from '@guanxi/contracts/guanxi/loyalty/v1/points';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { refId } from '@guanxi/event-sourcing/ids';
import { namespace, testService, type TestService } from '../../../test/service.js';
import { loyalty, queries } from './loyalty.module.js';
import { membership } from './membership.decider.js';
import { pointsAccount } from './points.decider.js';
import { accountsStandIn } from './testing/neighbour.js';

/** As it is, but for how long points last. */
const hasty: ServiceDefinition = {
  ...loyalty,
  deciders: [
    membership,
    {
      ...pointsAccount,
      decide: {
        ...pointsAccount.decide,
        earnPoints: (...asked) => {
          const told = pointsAccount.decide.earnPoints(...asked);
          const expiresAt = new Date(Date.parse(asked[2].now) + 700).toISOString();
          return told.map((event) => ('pointsEarned' in event ? { pointsEarned: { ...event.pointsEarned, expiresAt } } : event));
        },
      },
    } as typeof pointsAccount,
  ],
};

let accounts: TestService;
let service: TestService;
beforeAll(async () => {
  accounts = await testService(accountsStandIn, []);
  service = await testService(hasty, queries, accounts);
}, 60_000);
afterAll(async () => {
  await service.stop();
  await accounts.stop();
});

const accountRef = { system: 'shop', id: 'a1' };
const accountId = refId(namespace, 'account', accountRef);

describe('points whose time has come', () => {
  it('expire by themselves', async () => {
    await service.call(MembershipCommands, 'enrol', { accountRef });
    const order = { accountRef, externalRef: { system: 'shop', id: 'o1' }, orderedAt: '2026-01-01T00:00:00Z', currency: 'CNY' };
    await accounts.call(OrderCommands, 'recordOrder', { ...order, lines: [{ product: '茶', quantity: '1', amountMinor: '1177' }] });
    const seen: unknown[] = [];
    for (const end = Date.now() + 15_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const { earned, balance, expired } = await service.call(PointsQueries, 'getPoints', { accountId });
      const now = [earned, balance, expired].join();
      if (seen.at(-1) !== now) seen.push(now);
      if (expired === '11') break;
    }
    expect(seen).toEqual(['0,0,0', '11,11,0', '11,0,11']);
  });
});
