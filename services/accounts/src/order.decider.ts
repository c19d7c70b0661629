import { OrderCommands, OrderEvent, type ReturnOrder } from '@guanxi/contracts/guanxi/accounts/v1/order';
import type { ExternalRef } from '@guanxi/contracts/guanxi/common/v1/shared';
import { compare, minus, plus, total } from '@guanxi/event-sourcing/amount';
import { decider, rule } from '@guanxi/event-sourcing/decider';
import { invalid, Rejection } from '@guanxi/event-sourcing/rejection';
import { merged, overdraft, sums, without, type Goods } from './order.lines.js';

interface Return {
  readonly number: number;
  readonly externalRef?: ExternalRef | undefined;
  readonly lines: readonly Goods[];
  readonly quantity: string;
  readonly amountMinor: string;
  readonly voided: boolean;
}
/** What every event of an order says of it. */
interface Facts {
  readonly orderId: string;
  readonly accountId: string;
  readonly currency: string;
  readonly orderedAt: string;
}
interface State {
  readonly status: 'NONE' | 'RECORDED' | 'VOIDED';
  readonly facts: Facts;
  /** What can still come back. */
  readonly left: readonly Goods[];
  /** What the order is worth after its returns. */
  readonly quantity: string;
  readonly amountMinor: string;
  readonly returns: readonly Return[];
}

const noFacts: Facts = { orderId: '', accountId: '', currency: '', orderedAt: '' };
const none: State = { status: 'NONE', facts: noFacts, left: [], quantity: '0', amountMinor: '0', returns: [] };

// Leaves room for more than 900 such orders before an account's sum outgrows an int64.
const largestOrder = '10000000000000000';

const recorded = rule<State>('order-voided', 'The order was recorded in error and is void.', ({ status }) => status === 'RECORDED');

const sameRef = (a?: ExternalRef, b?: ExternalRef): boolean => a !== undefined && a.system === b?.system && a.id === b.id;

const mustFit = (amountMinor: string): void => {
  if (compare(amountMinor, largestOrder) > 0 || compare(minus('0', amountMinor), largestOrder) > 0)
    throw invalid('amount-too-large', 'lines', `An order is worth at most ${largestOrder} minor units.`);
};

const mustBeBought = (lines: ReturnOrder['lines'], left: readonly Goods[]): void => {
  const over = overdraft(left, lines);
  if (!over) return;
  const detail = 'More would come back than was bought and not returned yet.';
  const field = `lines[${over.line}].${over.field}`;
  throw new Rejection('return-exceeds-order', 'conflict', detail, { errors: [{ field, rule: 'return-exceeds-order', message: detail }] });
};

/** What a customer bought: recorded once, never more returned than bought, void only where it was recorded in error. */
export const order = decider({
  stream: 'order',
  version: 1,
  commands: OrderCommands,
  events: OrderEvent,
  initial: none,
  creates: ['recordOrder'],
  refers: { recordOrder: ({ accountId }) => (accountId ? [accountId] : []) },
  rules: { returnOrder: [recorded], voidReturn: [recorded], voidOrder: [recorded] },
  decide: {
    recordOrder: ({ accountId = '', externalRef, orderedAt, currency, lines, adjustments, channel, placeOfSale }, state, { id, exists }) => {
      if (state.status === 'RECORDED')
        throw new Rejection('external-ref-taken', 'conflict', 'An order with this external reference is recorded already.', { ids: [id] });
      if (!exists(accountId, 'account')) throw new Rejection('account-not-found', 'not-found', 'There is no account with this id or reference.');
      const ofLines = sums(lines);
      const amountMinor = plus(ofLines.amountMinor, total(adjustments.map((it) => it.amountMinor)));
      mustFit(amountMinor);
      const bought = { orderId: id, accountId, externalRef, orderedAt, currency, lines, adjustments, channel, placeOfSale };
      return [{ orderRecorded: { ...bought, amountMinor, quantity: ofLines.quantity } }];
    },
    returnOrder: ({ externalRef, lines, returnedAt, reason }, { facts, left, returns }, { id }) => {
      if (returns.some((it) => !it.voided && sameRef(it.externalRef, externalRef)))
        throw new Rejection('external-ref-taken', 'conflict', 'A return with this external reference is recorded already.', { ids: [id] });
      mustBeBought(lines, left);
      return [{ orderReturned: { ...facts, number: returns.length + 1, externalRef, lines, returnedAt, reason, ...sums(lines) } }];
    },
    voidReturn: ({ number, reason }, { facts, returns }) => {
      const found = returns.find((it) => it.number === number && !it.voided);
      if (!found) throw new Rejection('return-not-found', 'not-found', 'The order has no such return, or it is void already.');
      return [{ returnVoided: { ...facts, number, reason, quantity: found.quantity, amountMinor: found.amountMinor } }];
    },
    voidOrder: ({ reason }, { facts, quantity, amountMinor, returns }) => [
      { orderVoided: { ...facts, reason, quantity, amountMinor, returns: returns.filter((it) => !it.voided).length } },
    ],
  },
  evolve: {
    orderRecorded: (_, { orderId, accountId, currency, orderedAt, lines, quantity, amountMinor }) => ({
      status: 'RECORDED',
      facts: { orderId, accountId, currency, orderedAt },
      left: merged(lines),
      quantity,
      amountMinor,
      returns: [],
    }),
    orderReturned: (state, { number, externalRef, lines, quantity, amountMinor }) => ({
      ...state,
      left: without(state.left, lines),
      quantity: minus(state.quantity, quantity),
      amountMinor: minus(state.amountMinor, amountMinor),
      returns: [...state.returns, { number, externalRef, lines: merged(lines), quantity, amountMinor, voided: false }],
    }),
    returnVoided: (state, { number, quantity, amountMinor }) => ({
      ...state,
      left: merged([...state.left, ...(state.returns.find((it) => it.number === number)?.lines ?? [])]),
      quantity: plus(state.quantity, quantity),
      amountMinor: plus(state.amountMinor, amountMinor),
      returns: state.returns.map((it) => (it.number === number ? { ...it, voided: true } : it)),
    }),
    orderVoided: (state) => ({ ...state, status: 'VOIDED' }),
  },
});
