import { create, createFileRegistry, type DescMessage, type DescService } from '@bufbuild/protobuf';
import { FieldDescriptorProto_Label, FieldDescriptorProto_Type, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import type { Of } from '@guanxi/contracts/of';
import { decider, rule } from '../decider.js';
import { Rejection } from '../rejection.js';

// A contract of the tests' own for everything that a command can do on the write side.

const { STRING, INT64, INT32, MESSAGE } = FieldDescriptorProto_Type;
const kinds: Readonly<Record<string, FieldDescriptorProto_Type>> = { string: STRING, int64: INT64, int32: INT32 };
const message = (name: string, fields: Readonly<Record<string, string>>, oneof?: string) => ({
  name,
  oneofDecl: oneof ? [{ name: oneof }] : [],
  field: Object.entries(fields).map(([field, kind], n) => ({
    name: field,
    jsonName: field.replace(/_[a-z]/g, (it) => it.slice(1).toUpperCase()),
    number: n + 1,
    label: FieldDescriptorProto_Label.OPTIONAL,
    type: kinds[kind] ?? MESSAGE,
    typeName: kinds[kind] ? '' : `.guanxi.ledger.v1.${kind}`,
    ...(oneof ? { oneofIndex: 0 } : {}),
  })),
});
const method = (name: string) => ({ name, inputType: `.guanxi.ledger.v1.${name}`, outputType: `.guanxi.ledger.v1.${name}` });

const file = create(FileDescriptorProtoSchema, {
  name: 'guanxi/ledger/v1/ledger.proto',
  package: 'guanxi.ledger.v1',
  syntax: 'proto3',
  messageType: [
    message('Ref', { system: 'string', id: 'string' }),
    message('OpenLedger', { ledger_id: 'string', external_ref: 'Ref', account_id: 'string', account_ref: 'Ref', owner: 'string' }),
    message('Enter', { ledger_id: 'string', amount: 'int64', text: 'string', times: 'int32', about: 'string' }),
    message('CloseLedger', { ledger_id: 'string' }),
    message('LedgerOpened', { owner: 'string', account_id: 'string' }),
    message('Entered', { amount: 'int64', text: 'string' }),
    message('LedgerClosed', {}),
    message('LedgerEvent', { ledger_opened: 'LedgerOpened', entered: 'Entered', ledger_closed: 'LedgerClosed' }, 'event'),
  ],
  service: [{ name: 'LedgerCommands', method: ['OpenLedger', 'Enter', 'CloseLedger'].map(method) }],
});
const registry = createFileRegistry(file, () => undefined);

/** What another system calls a thing. */
export interface Ref {
  system: string;
  id: string;
}
/** guanxi.ledger.v1.LedgerCommands. */
export interface LedgerCommands {
  openLedger: { ledgerId: string; externalRef?: Ref; accountId: string; accountRef?: Ref; owner: string };
  enter: { ledgerId: string; amount: string; text: string; times: number; about: string };
  closeLedger: { ledgerId: string };
}
export const LedgerCommands = registry.getService('guanxi.ledger.v1.LedgerCommands') as Of<LedgerCommands, DescService>;
/** guanxi.ledger.v1.LedgerEvent. */
export interface LedgerEvent {
  ledgerOpened: { owner: string; accountId: string };
  entered: { amount: string; text: string };
  ledgerClosed: Record<string, never>;
}
export const LedgerEvent = registry.getMessage('guanxi.ledger.v1.LedgerEvent') as Of<LedgerEvent, DescMessage>;

/** A ledger as decisions see it. */
export interface Ledger {
  readonly status: 'NONE' | 'OPEN' | 'CLOSED';
  readonly sum: string;
  readonly entries: number;
}
const none: Ledger = { status: 'NONE', sum: '0', entries: 0 };
const open = rule<Ledger>('ledger-closed', 'The ledger is closed.', ({ status }) => status === 'OPEN');

/** Its sum never falls below zero; `times` entries at once, none where 0; `extra` in the text makes an event that breaks the contract. */
export const ledger = decider({
  stream: 'ledger',
  version: 1,
  commands: LedgerCommands,
  events: LedgerEvent,
  initial: none,
  creates: ['openLedger'],
  refers: { enter: ({ about }) => (about ? [about] : []) },
  rules: { enter: [open], closeLedger: [open] },
  decide: {
    openLedger: ({ owner, accountId }, { status }) => {
      if (status !== 'NONE') throw new Rejection('ledger-open', 'conflict', 'There is such a ledger.');
      return [{ ledgerOpened: { owner, accountId } }];
    },
    enter: ({ amount, text, times, about }, { sum }, { exists }) => {
      if (about && !exists(about, 'ledger')) throw new Rejection('about-not-found', 'not-found', 'There is nothing that it is about.');
      if (BigInt(sum) + BigInt(amount) * BigInt(times) < 0n) throw new Rejection('ledger-overdrawn', 'conflict', 'The sum would fall below zero.');
      return Array.from({ length: times }, () => ({ entered: { amount, text, ...(text === 'extra' ? { extra: 1 } : {}) } }));
    },
    closeLedger: () => [{ ledgerClosed: {} }],
  },
  evolve: {
    ledgerOpened: (state) => ({ ...state, status: 'OPEN' }),
    entered: (state, { amount }) => ({ ...state, sum: String(BigInt(state.sum) + BigInt(amount)), entries: state.entries + 1 }),
    ledgerClosed: (state) => ({ ...state, status: 'CLOSED' }),
  },
});
