import { createFileRegistry, createRegistry, fromJson, type DescMessage, type DescService, type JsonValue } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, file_google_protobuf_timestamp } from '@bufbuild/protobuf/wkt';
import { file_buf_validate_validate } from '@guanxi/contracts/buf/validate/validate_pb';
import { file_guanxi_common_v1_access } from '@guanxi/contracts/guanxi/common/v1/access_pb';
import { file_guanxi_common_v1_command } from '@guanxi/contracts/guanxi/common/v1/command_pb';
import { file_guanxi_common_v1_freshness } from '@guanxi/contracts/guanxi/common/v1/freshness_pb';
import type { Of } from '@guanxi/contracts/of';

// A small contract of the tests' own: a service's may change without touching them.

type Json = Record<string, JsonValue>;
const camel = (name: string): string => name.replace(/_[a-z]/g, (it) => it.slice(1).toUpperCase());

const field = (number: number, name: string, type: string, more: Json = {}): Json => {
  const typed: Json = type.startsWith('.') ? { type: 'TYPE_MESSAGE', typeName: type } : { type: `TYPE_${type.toUpperCase()}` };
  return { number, name, jsonName: camel(name), label: 'LABEL_OPTIONAL', ...typed, ...more };
};
const ruled = (rules: Json): Json => ({ options: { '[buf.validate.field]': rules } });
const uuid = ruled({ string: { uuid: true } });
const method = (name: string, inputType: string, outputType: string): Json => ({
  name,
  inputType: `.guanxi.notes.v1.${inputType}`,
  outputType,
  options: { '[guanxi.common.v1.access]': { roles: ['SALESPERSON', 'SYSTEM_ADMIN'] } },
});
const committed = '.guanxi.common.v1.Committed';

const proto: Json = {
  name: 'guanxi/notes/v1/note.proto',
  package: 'guanxi.notes.v1',
  syntax: 'proto3',
  dependency: [
    'google/protobuf/timestamp.proto',
    'buf/validate/validate.proto',
    'guanxi/common/v1/access.proto',
    'guanxi/common/v1/command.proto',
    'guanxi/common/v1/freshness.proto',
  ],
  messageType: [
    {
      name: 'WriteNote',
      field: [field(1, 'note_id', 'string', uuid), field(2, 'text', 'string', ruled({ string: { minLen: '1', maxLen: '100' } }))],
    },
    { name: 'AmendNote', field: [field(1, 'note_id', 'string', uuid), field(2, 'text', 'string')] },
    { name: 'NoteWritten', field: [field(1, 'text', 'string')] },
    { name: 'NoteAmended', field: [field(1, 'text', 'string')] },
    {
      name: 'NoteEvent',
      oneofDecl: [{ name: 'event' }],
      field: [
        field(1, 'note_written', '.guanxi.notes.v1.NoteWritten', { oneofIndex: 0 }),
        field(2, 'note_amended', '.guanxi.notes.v1.NoteAmended', { oneofIndex: 0 }),
      ],
    },
    {
      name: 'Note',
      field: [
        field(1, 'note_id', 'string', uuid),
        field(2, 'text', 'string'),
        field(3, 'version', 'int32'),
        field(4, 'created_at', '.google.protobuf.Timestamp'),
      ],
    },
    { name: 'GetNote', field: [field(1, 'note_id', 'string')] },
    { name: 'ListNotes', field: [field(1, 'page_size', 'int32'), field(2, 'page_token', 'string'), field(3, 'order_by', 'string')] },
    { name: 'GetCustomerRequest', field: [field(1, 'account_id', 'string', uuid)] },
    { name: 'CustomerSection', field: [field(1, 'freshness', '.guanxi.common.v1.Freshness'), field(2, 'data', '.guanxi.notes.v1.Notes')] },
    { name: 'Notes', field: [field(1, 'notes', '.guanxi.notes.v1.Note', { label: 'LABEL_REPEATED' }), field(2, 'next_page_token', 'string')] },
  ],
  service: [
    { name: 'NoteCommands', method: [method('WriteNote', 'WriteNote', committed), method('AmendNote', 'AmendNote', committed)] },
    { name: 'CustomerQueries', method: [method('GetCustomer', 'GetCustomerRequest', '.guanxi.notes.v1.CustomerSection')] },
    {
      name: 'NoteQueries',
      method: [method('GetNote', 'GetNote', '.guanxi.notes.v1.Note'), method('ListNotes', 'ListNotes', '.guanxi.notes.v1.Notes')],
    },
  ],
};

const known = [
  file_google_protobuf_timestamp,
  file_buf_validate_validate,
  file_guanxi_common_v1_access,
  file_guanxi_common_v1_command,
  file_guanxi_common_v1_freshness,
];
const registry = createFileRegistry(fromJson(FileDescriptorProtoSchema, proto, { registry: createRegistry(...known) }), (name) =>
  known.find((it) => it.proto.name === name),
);

const found = <T>(it: T | undefined): T => {
  if (!it) throw new Error('not in the test contract');
  return it;
};
const message = <T>(name: string): Of<T, DescMessage> => found(registry.getMessage(`guanxi.notes.v1.${name}`));
const service = <T>(name: string): Of<T, DescService> => found(registry.getService(`guanxi.notes.v1.${name}`));

/** Commands, by method. */
export interface NoteCommands {
  writeNote: { noteId: string; text: string };
  amendNote: { noteId: string; text: string };
}
export const NoteCommands = service<NoteCommands>('NoteCommands');
/** Events, by case. */
export interface NoteEvent {
  noteWritten: { text: string };
  noteAmended: { text: string };
}
export const NoteEvent = message<NoteEvent>('NoteEvent');
/** The view's row. */
export interface Note {
  noteId: string;
  text: string;
  version: number;
  createdAt?: string;
}
export const Note = message<Note>('Note');
/** Queries, by method. */
export interface NoteQueries {
  getNote: { noteId: string };
  listNotes: { pageSize: number; pageToken: string; orderBy: string };
}
export const NoteQueries = service<NoteQueries>('NoteQueries');
/** The section of the page of one customer. */
export interface CustomerQueries {
  getCustomer: { accountId: string };
}
export const CustomerQueries = service<CustomerQueries>('CustomerQueries');
