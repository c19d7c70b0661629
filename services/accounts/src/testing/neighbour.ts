import { ComplaintCommands, ComplaintEvent } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import type { AnyDecider } from '@guanxi/event-sourcing/decider';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';

type Json = Record<string, unknown>;

const tells: Record<string, (command: Json) => Json> = {
  lodgeComplaint: (it) => ({ complaintReceived: it }),
  importComplaint: (it) => ({ complaintImported: it }),
  closeComplaint: ({ resolution }) => ({ complaintClosed: { resolution } }),
  withdrawComplaint: ({ reason }) => ({ complaintWithdrawn: { reason } }),
  reopenComplaint: ({ reason }) => ({ complaintReopened: { reason } }),
  voidComplaint: ({ reason }) => ({ complaintVoided: { reason, receivedAt: '2026-03-01T00:00:00.000Z' } }),
};
const stated = ({ accountRef: _, ...command }: Json): Json => command;

/** Says what complaints would say, without its rules: it records whatever it is told. */
const complaint: AnyDecider = {
  stream: 'complaint',
  version: 1,
  commands: ComplaintCommands,
  events: ComplaintEvent,
  initial: {},
  creates: ['lodgeComplaint', 'importComplaint'],
  decide: Object.fromEntries(
    Object.keys(ComplaintCommands.method).map((name) => [name, (it: Json) => (tells[name] ? [tells[name](stated(it))] : [])]),
  ),
  evolve: Object.fromEntries(ComplaintEvent.fields.map((it) => [it.jsonName, (state: unknown) => state])),
};

/** Stands for complaints on the bus: real history, relay and topic. */
export const complaintsStandIn: ServiceDefinition = { name: 'complaints', deciders: [complaint], views: [] };
