import { OrderCommands, OrderEvent, type OrderRecorded } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { minus, plus, total } from '@guanxi/event-sourcing/amount';
import { decider } from '@guanxi/event-sourcing/decider';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';

type Facts = Pick<OrderRecorded, 'orderId' | 'accountId' | 'currency' | 'orderedAt'>;

/** What the neighbour remembers of an order: its worth now, and what each return gave back. */
interface State {
  readonly facts?: Facts;
  readonly amountMinor: string;
  readonly returns: readonly string[];
}
const none: State = { amountMinor: '0', returns: [] };

const quantity = '1';
const known = ({ facts }: State): Facts => {
  if (!facts) throw new Error('the spec speaks of an order that it did not record');
  return facts;
};

/** Says what accounts would say, without its rules: it records whatever it is told. */
const order = decider({
  stream: 'order',
  version: 1,
  commands: OrderCommands,
  events: OrderEvent,
  initial: none,
  creates: ['recordOrder'],
  decide: {
    recordOrder: ({ accountId = '', externalRef, orderedAt, currency, lines, adjustments }, _, { id }) => {
      const amountMinor = total([...lines, ...adjustments].map((it) => it.amountMinor));
      return [{ orderRecorded: { orderId: id, accountId, externalRef, orderedAt, currency, lines, adjustments, amountMinor, quantity } }];
    },
    returnOrder: ({ lines, returnedAt, reason }, state) => {
      const amountMinor = total(lines.map((it) => it.amountMinor));
      return [{ orderReturned: { ...known(state), number: state.returns.length + 1, lines, returnedAt, reason, amountMinor, quantity } }];
    },
    voidReturn: ({ number, reason }, state) => [
      { returnVoided: { ...known(state), number, reason, amountMinor: state.returns[number - 1] ?? '0', quantity } },
    ],
    voidOrder: ({ reason }, state) => [
      { orderVoided: { ...known(state), reason, amountMinor: state.amountMinor, quantity, returns: state.returns.length } },
    ],
  },
  evolve: {
    orderRecorded: (_, { orderId, accountId, currency, orderedAt, amountMinor }) => ({
      facts: { orderId, accountId, currency, orderedAt },
      amountMinor,
      returns: [],
    }),
    orderReturned: (state, { amountMinor }) => ({
      ...state,
      amountMinor: minus(state.amountMinor, amountMinor),
      returns: [...state.returns, amountMinor],
    }),
    returnVoided: (state, { amountMinor }) => ({ ...state, amountMinor: plus(state.amountMinor, amountMinor) }),
    orderVoided: (state) => ({ ...state, amountMinor: '0' }),
  },
});

/** Stands for accounts on the bus: real history, relay and topic. */
export const accountsStandIn: ServiceDefinition = { name: 'accounts', deciders: [order], views: [] };
