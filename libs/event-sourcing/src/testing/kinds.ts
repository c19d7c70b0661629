import { create, createFileRegistry, type DescMessage } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
  file_google_protobuf_timestamp,
} from '@bufbuild/protobuf/wkt';

// One message with every kind of field that the house uses, for the golden record.

const { STRING, INT32, INT64, UINT64, BOOL, BYTES, ENUM, MESSAGE } = FieldDescriptorProto_Type;
const { OPTIONAL, REPEATED } = FieldDescriptorProto_Label;

const field = (
  number: number,
  name: string,
  jsonName: string,
  type: FieldDescriptorProto_Type,
  more: { typeName?: string; list?: boolean; optional?: number } = {},
) => ({
  number,
  name,
  jsonName,
  type,
  typeName: more.typeName ?? '',
  label: more.list ? REPEATED : OPTIONAL,
  ...(more.optional === undefined ? {} : { proto3Optional: true, oneofIndex: more.optional }),
});

const entry = {
  name: 'SharesEntry',
  field: [field(1, 'key', 'key', STRING), field(2, 'value', 'value', INT32)],
  options: { mapEntry: true },
};
const file = create(FileDescriptorProtoSchema, {
  name: 'guanxi/kinds/v1/kinds.proto',
  package: 'guanxi.kinds.v1',
  syntax: 'proto3',
  dependency: ['google/protobuf/timestamp.proto'],
  messageType: [
    { name: 'Line', field: [field(1, 'product', 'product', STRING), field(2, 'amount_minor', 'amountMinor', INT64)] },
    {
      name: 'ThingHappened',
      nestedType: [entry],
      enumType: [{ name: 'Status', value: ['STATUS_UNSPECIFIED', 'OPEN', 'CLOSED'].map((name, number) => ({ name, number })) }],
      oneofDecl: [{ name: '_note' }, { name: '_late' }],
      field: [
        field(1, 'thing_id', 'thingId', STRING),
        field(2, 'happened_at', 'happenedAt', MESSAGE, { typeName: '.google.protobuf.Timestamp' }),
        field(3, 'amount_minor', 'amountMinor', INT64),
        field(4, 'count', 'count', INT32),
        field(5, 'big', 'big', UINT64),
        field(6, 'sure', 'sure', BOOL),
        field(7, 'status', 'status', ENUM, { typeName: '.guanxi.kinds.v1.ThingHappened.Status' }),
        field(8, 'lines', 'lines', MESSAGE, { typeName: '.guanxi.kinds.v1.Line', list: true }),
        field(9, 'tags', 'tags', STRING, { list: true }),
        field(10, 'shares', 'shares', MESSAGE, { typeName: '.guanxi.kinds.v1.ThingHappened.SharesEntry', list: true }),
        field(11, 'note', 'note', STRING, { optional: 0 }),
        field(12, 'late', 'late', BOOL, { optional: 1 }),
        field(13, 'digest', 'digest', BYTES),
        field(14, 'first', 'first', MESSAGE, { typeName: '.guanxi.kinds.v1.Line' }),
      ],
    },
  ],
});

const registry = createFileRegistry(file, (name) => (name === 'google/protobuf/timestamp.proto' ? file_google_protobuf_timestamp.proto : undefined));

/** guanxi.kinds.v1.ThingHappened. */
export const ThingHappened = registry.getMessage('guanxi.kinds.v1.ThingHappened') as DescMessage;
