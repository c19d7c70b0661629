import { AccountCommands } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { OrderEvent } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { policy } from '@guanxi/event-sourcing/policy';
import { accountView } from './account.view.js';

/**
 * Any order makes the account ACTUAL. Only the first order since the lifecycle last changed asks for it: the others of the same
 * batch are folded before the answer is, and would ask in vain.
 */
export const firstOrder = policy('first-order', AccountCommands, accountView).on(OrderEvent, {
  orderRecorded: (row, _, { id }) =>
    row && row.lifecycle !== 'ACTUAL' && row.ordersSinceLifecycle === 1
      ? [{ command: { changeLifecycle: { accountId: row.accountId, to: 'ACTUAL', reason: 'The account placed an order.', evidenceEventId: id } } }]
      : [],
});
