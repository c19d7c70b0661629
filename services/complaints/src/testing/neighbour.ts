import { OrderCommands, OrderEvent, type OrderRecorded } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { decider } from '@guanxi/event-sourcing/decider';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';

/** What the neighbour remembers of an order. */
const nothing: { readonly recorded?: OrderRecorded } = {};

/** Says what accounts would say, without its rules: it records whatever it is told. */
const order = decider({
  stream: 'order',
  version: 1,
  commands: OrderCommands,
  events: OrderEvent,
  initial: nothing,
  creates: ['recordOrder'],
  decide: {
    recordOrder: ({ accountId = '', externalRef, orderedAt, currency, lines, adjustments }, _, { id }) => [
      { orderRecorded: { orderId: id, accountId, externalRef, orderedAt, currency, lines, adjustments, amountMinor: '0', quantity: '0' } },
    ],
    returnOrder: () => [],
    voidReturn: () => [],
    voidOrder: ({ reason }, { recorded }) =>
      recorded ? [{ orderVoided: { ...facts(recorded), reason, amountMinor: '0', quantity: '0', returns: 0 } }] : [],
  },
  evolve: {
    orderRecorded: (_, recorded) => ({ recorded }),
    orderReturned: (state) => state,
    returnVoided: (state) => state,
    orderVoided: () => nothing,
  },
});

const facts = ({ orderId, accountId, currency, orderedAt }: OrderRecorded) => ({ orderId, accountId, currency, orderedAt });

/** Stands for accounts on the bus: real history, relay and topic. */
export const accountsStandIn: ServiceDefinition = { name: 'accounts', deciders: [order], views: [] };
