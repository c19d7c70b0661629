import { AccountCommands, AccountEvent } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { OrderCommands, OrderEvent } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { ComplaintCommands, ComplaintEvent } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import { decider, type AnyDecider, type Decide, type Evolve } from '@guanxi/event-sourcing/decider';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';

type Commands = Record<string, unknown>;

/** Says of one aggregate what the next command is to lead to, without its rules; every command may begin a stream. */
const sayer = (it: Pick<AnyDecider, 'stream' | 'commands' | 'events'>, next: { event: Record<string, unknown> }): AnyDecider => {
  const methods = it.commands.methods.map(({ localName }) => localName);
  const names = it.events.fields.map(({ jsonName }) => jsonName);
  const decide = Object.fromEntries(methods.map((name) => [name, () => [next.event]])) as unknown as Decide<object, Commands, Commands>;
  const evolve = Object.fromEntries(names.map((name) => [name, (state: object) => state])) as unknown as Evolve<object, Commands>;
  return decider({ ...it, version: 1, initial: {}, creates: methods, decide, evolve } as AnyDecider);
};

/** What a neighbour says next. */
export const next = { event: {} as Record<string, unknown> };

/** Stand for the others on the bus: real histories, relays and topics. */
export const accountsStandIn: ServiceDefinition = {
  name: 'accounts',
  deciders: [
    sayer({ stream: 'account', commands: AccountCommands, events: AccountEvent }, next),
    sayer({ stream: 'order', commands: OrderCommands, events: OrderEvent }, next),
  ],
  views: [],
};
export const complaintsStandIn: ServiceDefinition = {
  name: 'complaints',
  deciders: [sayer({ stream: 'complaint', commands: ComplaintCommands, events: ComplaintEvent }, next)],
  views: [],
};
