import { create, createFileRegistry, setExtension, type DescMessage, type DescService } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldOptionsSchema,
  FileDescriptorProtoSchema,
  file_google_protobuf_timestamp,
} from '@bufbuild/protobuf/wkt';
import { field as rules, FieldRulesSchema } from '@guanxi/contracts/buf/validate/validate_pb';
import type { Of } from '@guanxi/contracts/of';

// A small contract of the tests' own, so that they do not change with a service's.

type Kind = 'uuid' | 'string' | 'strings' | 'int64' | 'int32' | 'bool' | 'instant' | `.${string}`;
type Fields = Readonly<Record<string, Kind>>;

const { STRING, INT64, INT32, BOOL, MESSAGE } = FieldDescriptorProto_Type;
const scalars: Readonly<Record<string, FieldDescriptorProto_Type>> = {
  uuid: STRING,
  string: STRING,
  strings: STRING,
  int64: INT64,
  int32: INT32,
  bool: BOOL,
};
const uuid = create(FieldOptionsSchema);
setExtension(uuid, rules, create(FieldRulesSchema, { type: { case: 'string', value: { wellKnown: { case: 'uuid', value: true } } } }));
const camel = (name: string): string => name.replace(/_[a-z]/g, (it) => it.slice(1).toUpperCase());

const message = (name: string, fields: Fields, oneof = false) => ({
  name,
  oneofDecl: oneof ? [{ name: 'event' }] : [],
  field: Object.entries(fields).map(([field, kind], n) => ({
    name: field,
    jsonName: camel(field),
    number: n + 1,
    label: kind === 'strings' ? FieldDescriptorProto_Label.REPEATED : FieldDescriptorProto_Label.OPTIONAL,
    type: scalars[kind] ?? MESSAGE,
    typeName: kind === 'instant' ? '.google.protobuf.Timestamp' : kind.startsWith('.') ? kind : '',
    options: kind === 'uuid' ? uuid : undefined,
    ...(oneof ? { oneofIndex: 0 } : {}),
  })),
});

const file = (
  name: string,
  pkg: string,
  messages: readonly ReturnType<typeof message>[],
  service?: { name: string; methods: Readonly<Record<string, string>> },
) =>
  create(FileDescriptorProtoSchema, {
    name,
    package: pkg,
    syntax: 'proto3',
    dependency: ['google/protobuf/timestamp.proto'],
    messageType: [...messages],
    service: service
      ? [
          {
            name: service.name,
            method: Object.entries(service.methods).map(([method, input]) => ({ name: method, inputType: input, outputType: input })),
          },
        ]
      : [],
  });

const shop = file(
  'guanxi/shop/v1/order.proto',
  'guanxi.shop.v1',
  [
    message('OrderPlaced', { account_id: 'string', amount: 'int64', placed_at: 'instant', tags: 'strings' }),
    message('OrderPaid', { amount: 'int64' }),
    message('OrderVoided', { reason: 'string' }),
    message(
      'OrderEvent',
      { order_placed: '.guanxi.shop.v1.OrderPlaced', order_paid: '.guanxi.shop.v1.OrderPaid', order_voided: '.guanxi.shop.v1.OrderVoided' },
      true,
    ),
    message('PlaceOrder', { order_id: 'uuid', account_id: 'string', amount: 'int64', placed_at: 'instant', tags: 'strings' }),
    message('PayOrder', { order_id: 'uuid', amount: 'int64' }),
    message('Order', {
      order_id: 'uuid',
      account_id: 'string',
      status: 'string',
      amount: 'int64',
      placed_at: 'instant',
      tags: 'strings',
      seen: 'strings',
      version: 'int32',
    }),
    message('Account', { account_id: 'string', name: 'string', orders: 'int32', amount: 'int64', closed: 'bool', seen: 'strings' }),
  ],
  { name: 'OrderCommands', methods: { PlaceOrder: '.guanxi.shop.v1.PlaceOrder', PayOrder: '.guanxi.shop.v1.PayOrder' } },
);
const bank = file('guanxi/bank/v1/account.proto', 'guanxi.bank.v1', [
  message('AccountOpened', { account_id: 'string', name: 'string' }),
  message('AccountClosed', { account_id: 'string' }),
  message('AccountEvent', { account_opened: '.guanxi.bank.v1.AccountOpened', account_closed: '.guanxi.bank.v1.AccountClosed' }, true),
]);

const known = { 'google/protobuf/timestamp.proto': file_google_protobuf_timestamp.proto, [shop.name]: shop, [bank.name]: bank };
const registry = createFileRegistry(shop, (name) => known[name]);
const foreign = createFileRegistry(bank, (name) => known[name]);
const found = <T>(it: T | undefined): T => {
  if (!it) throw new Error('not in the test contract');
  return it;
};
const own = <T>(name: string): Of<T, DescMessage> => found(registry.getMessage(`guanxi.shop.v1.${name}`));

/** Of the test contract. */
export interface OrderEvent {
  orderPlaced: { accountId: string; amount: string; placedAt: string; tags: string[] };
  orderPaid: { amount: string };
  orderVoided: { reason: string };
}
/** Of the test contract. */
export const OrderEvent = own<OrderEvent>('OrderEvent');
/** Of the test contract. */
export interface OrderCommands {
  placeOrder: { orderId: string; accountId: string; amount: string; placedAt: string; tags: string[] };
  payOrder: { orderId: string; amount: string };
}
/** Of the test contract. */
export const OrderCommands = found(registry.getService('guanxi.shop.v1.OrderCommands')) as Of<OrderCommands, DescService>;
/** Of the test contract. */
export interface Order {
  orderId: string;
  accountId: string;
  status: string;
  amount: string;
  placedAt?: string;
  tags: string[];
  /** Ids of the events folded: shows what was lost, doubled or turned round. */
  seen: string[];
  version: number;
}
/** Of the test contract. */
export const Order = own<Order>('Order');
/** Of the test contract. */
export interface Account {
  accountId: string;
  name: string;
  orders: number;
  amount: string;
  closed: boolean;
  seen: string[];
}
/** Of the test contract. */
export const Account = own<Account>('Account');
/** Of the test contract. */
export interface AccountEvent {
  accountOpened: { accountId: string; name: string };
  accountClosed: { accountId: string };
}
/** Of the test contract. */
export const AccountEvent = found(foreign.getMessage('guanxi.bank.v1.AccountEvent')) as Of<AccountEvent, DescMessage>;
