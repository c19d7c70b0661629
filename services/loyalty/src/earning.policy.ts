import { OrderEvent } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { PointsCommands } from '@guanxi/contracts/guanxi/loyalty/v1/points';
import { minus } from '@guanxi/event-sourcing/amount';
import { policy } from '@guanxi/event-sourcing/policy';
import type { Meta } from '@guanxi/event-sourcing/view';
import { membershipView } from './membership.view.js';

interface Order {
  readonly accountId: string;
  readonly orderId: string;
}

const adjusted = ({ accountId, orderId }: Order, changeMinor: string, { id, version }: Meta) => [
  { command: { adjustPoints: { accountId, orderId, orderVersion: version, eventId: id, changeMinor } } },
];

/**
 * An order that is heard of while its customer is a member earns points. What happens to it later counts whoever is a member by then:
 * only an order that earned something is known to the points account.
 */
export const earning = policy('earning', PointsCommands, membershipView).on(OrderEvent, {
  orderRecorded: (row, { accountId, orderId, currency, amountMinor }, { id, version }) =>
    row?.status === 'ACTIVE' ? [{ command: { earnPoints: { accountId, orderId, orderVersion: version, eventId: id, currency, amountMinor } } }] : [],
  orderReturned: (row, event, meta) => (row ? adjusted(event, minus('0', event.amountMinor), meta) : []),
  returnVoided: (row, event, meta) => (row ? adjusted(event, event.amountMinor, meta) : []),
  orderVoided: (row, event, meta) => (row ? adjusted(event, minus('0', event.amountMinor), meta) : []),
});
