import { describe, expect, it } from '@jest/globals';
import type { AccountLifecycle } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { firstOrder } from './first-order.policy.js';

const accountId = '00000000-0000-7000-8000-00000000000a';
const eventId = '00000000-0000-7000-9000-000000000001';
const meta = { id: eventId, stream: 'x', version: 1, at: '2026-11-22T09:00:00.000Z', customer: accountId };
const react = (lifecycle: AccountLifecycle, ordersSinceLifecycle: number) =>
  firstOrder.sources[0]?.reacts['orderRecorded']?.({ accountId, lifecycle, ordersSinceLifecycle }, {}, meta);

describe('any order makes the account ACTUAL', () => {
  it.each(['POTENTIAL', 'TARGET', 'LOST', 'NON_CUSTOMER'] as const)('from %s, with the order as evidence', (lifecycle) =>
    expect(react(lifecycle, 1)).toEqual([
      { command: { changeLifecycle: { accountId, to: 'ACTUAL', reason: 'The account placed an order.', evidenceEventId: eventId } } },
    ]),
  );
  it('which an ACTUAL one is already', () => expect(react('ACTUAL', 1)).toEqual([]));
  it('which is asked for once, though more orders may be folded before the answer', () => expect(react('POTENTIAL', 2)).toEqual([]));
  it('but not where the account is not there', () => expect(firstOrder.sources[0]?.reacts['orderRecorded']?.(undefined, {}, meta)).toEqual([]));
});
