import { ScalarType, type DescEnum, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { itemRulesOf, messageSentences, refusedNumbers, rulesOf, type Schema } from './openapi.rules.js';
import { personalClass } from './personal.js';

/** The comment of a proto element, '' where there is none. Descriptors that are generated have none; those of an image do. */
export type CommentOf = (desc: DescMessage | DescField | DescEnum | DescEnum['values'][number]) => string;

/** A request states what it wants; an answer prints every field. So one message can have two schemas. */
export type Side = 'request' | 'answer';

const text64 = (pattern: string, format: string): Schema => ({ type: 'string', format, pattern });
const scalars: Record<ScalarType, Schema> = {
  [ScalarType.STRING]: { type: 'string' },
  [ScalarType.BYTES]: { type: 'string', contentEncoding: 'base64' },
  [ScalarType.BOOL]: { type: 'boolean' },
  [ScalarType.DOUBLE]: { type: 'number' },
  [ScalarType.FLOAT]: { type: 'number' },
  [ScalarType.INT32]: { type: 'integer', format: 'int32' },
  [ScalarType.SINT32]: { type: 'integer', format: 'int32' },
  [ScalarType.SFIXED32]: { type: 'integer', format: 'int32' },
  [ScalarType.UINT32]: { type: 'integer', minimum: 0 },
  [ScalarType.FIXED32]: { type: 'integer', minimum: 0 },
  [ScalarType.INT64]: text64('^-?[0-9]{1,19}$', 'int64'),
  [ScalarType.SINT64]: text64('^-?[0-9]{1,19}$', 'int64'),
  [ScalarType.SFIXED64]: text64('^-?[0-9]{1,19}$', 'int64'),
  [ScalarType.UINT64]: text64('^[0-9]{1,20}$', 'uint64'),
  [ScalarType.FIXED64]: text64('^[0-9]{1,20}$', 'uint64'),
};

/** Collects the schemas that operations refer to. */
export interface Schemas {
  /** A reference to the message's schema on that side. */
  readonly ref: (desc: DescMessage, side: Side) => Schema;
  /** One field as a parameter or property, with its description. */
  readonly field: (field: DescField, side: Side) => Schema;
  /** Everything referred to so far, by name. */
  readonly all: () => Record<string, Schema>;
}

const paragraphs = (...parts: readonly string[]): string => parts.filter(Boolean).join('\n\n');

/** `fromPath`: fields that a route's path fills need not stand in its body. */
export const schemas = (commentOf: CommentOf, fromPath: ReadonlySet<DescField>): Schemas => {
  const made = new Map<string, Schema>();
  const sides = new Map<string, Side>();

  const nameOf = (desc: DescMessage, side: Side): string => {
    const known = sides.get(desc.typeName) ?? side;
    sides.set(desc.typeName, known);
    return known === side ? desc.typeName : `${desc.typeName}.${side}`;
  };

  const ref = (desc: DescMessage, side: Side): Schema => {
    const name = nameOf(desc, side);
    if (!made.has(name)) {
      made.set(name, {}); // A recursive message refers to itself.
      made.set(name, message(desc, side));
    }
    return { $ref: `#/components/schemas/${name}` };
  };

  const message = (desc: DescMessage, side: Side): Schema => {
    const required = desc.fields.filter((it) => side === 'answer' || (rulesOf(it).needed && !fromPath.has(it))).map((it) => it.jsonName);
    const description = paragraphs(commentOf(desc), ...(side === 'request' ? messageSentences(desc) : []));
    return {
      type: 'object',
      ...(description && { description }),
      properties: Object.fromEntries(desc.fields.map((it) => [it.jsonName, field(it, side)])),
      ...(required.length && { required }),
      additionalProperties: false,
    };
  };

  const enumeration = (desc: DescEnum, of: DescField, side: Side): Schema => {
    const refused = refusedNumbers(of);
    const values = desc.values.filter((it) => side === 'answer' || !refused.has(it.number));
    const meanings = values.filter((it) => commentOf(it)).map((it) => `- \`${it.name}\`: ${commentOf(it)}`);
    return { type: 'string', enum: values.map((it) => it.name), ...(meanings.length && { description: meanings.join('\n') }) };
  };

  const element = (of: DescField, side: Side): Schema => {
    if (of.enum) return enumeration(of.enum, of, side);
    if (!of.message) return { ...scalars[of.scalar ?? ScalarType.STRING] };
    if (of.message.typeName === 'google.protobuf.Timestamp') return { type: 'string', format: 'date-time' };
    if (of.message.typeName === 'google.protobuf.Struct') return { type: 'object', additionalProperties: true };
    return ref(of.message, side);
  };

  const field = (of: DescField, side: Side): Schema => {
    const { keywords, sentences } = side === 'request' ? rulesOf(of) : { keywords: {}, sentences: [] };
    const bare = element(of, side);
    const base: Schema =
      of.fieldKind === 'list'
        ? { type: 'array', items: { ...bare, ...(side === 'request' && itemRulesOf(of).keywords) }, ...keywords }
        : of.fieldKind === 'map'
          ? { type: 'object', additionalProperties: bare, ...keywords }
          : { ...bare, ...keywords };
    const description = paragraphs(commentOf(of), sentences.join(' '), (base['description'] as string | undefined) ?? '');
    const personal = personalClass(of);
    return {
      ...(side === 'answer' && canBeNull(of) ? orNull(base) : base),
      ...(description && { description }),
      ...(personal && personal !== 'NONE' && { 'x-personal': personal }),
    };
  };

  return { ref, field, all: () => Object.fromEntries([...made].sort(([a], [b]) => (a < b ? -1 : 1))) };
};

const canBeNull = (field: DescField): boolean =>
  field.fieldKind !== 'list' &&
  field.fieldKind !== 'map' &&
  !rulesOf(field).needed &&
  (field.fieldKind === 'message' || field.oneof !== undefined || field.proto.proto3Optional);

const orNull = (schema: Schema): Schema => {
  if ('$ref' in schema) return { anyOf: [schema, { type: 'null' }] };
  return { ...schema, type: [schema['type'], 'null'], ...('enum' in schema && { enum: [...(schema['enum'] as string[]), null] }) };
};
