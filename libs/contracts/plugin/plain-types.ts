import { getOption, ScalarType, type DescEnum, type DescField, type DescFile, type DescMessage } from '@bufbuild/protobuf';
import type { GeneratedFile, Printable } from '@bufbuild/protoplugin';

/** Types of proto3 JSON (kit.md §1): 64-bit integers and bytes are text. */
const scalars: Record<ScalarType, string> = {
  [ScalarType.DOUBLE]: 'number',
  [ScalarType.FLOAT]: 'number',
  [ScalarType.INT32]: 'number',
  [ScalarType.UINT32]: 'number',
  [ScalarType.SINT32]: 'number',
  [ScalarType.FIXED32]: 'number',
  [ScalarType.SFIXED32]: 'number',
  [ScalarType.INT64]: 'string',
  [ScalarType.UINT64]: 'string',
  [ScalarType.SINT64]: 'string',
  [ScalarType.FIXED64]: 'string',
  [ScalarType.SFIXED64]: 'string',
  [ScalarType.BOOL]: 'boolean',
  [ScalarType.STRING]: 'string',
  [ScalarType.BYTES]: 'string',
};

/** Types whose JSON is not an object of their fields. */
const wellKnown: Record<string, string> = {
  'google.protobuf.Timestamp': 'string',
  'google.protobuf.Duration': 'string',
  'google.protobuf.FieldMask': 'string',
  'google.protobuf.Empty': 'Record<string, never>',
  'google.protobuf.Struct': 'Record<string, unknown>',
  'google.protobuf.Value': 'unknown',
  'google.protobuf.ListValue': 'unknown[]',
};

/** `Complaint.Status` is `ComplaintStatus`. */
export const nameOf = (desc: DescMessage | DescEnum): string => (desc.parent ? nameOf(desc.parent) : '') + desc.name;

/** Is the message one oneof and nothing else? Then its type maps each case to its payload. */
export const isCaseMap = (message: DescMessage): boolean => {
  const [only] = message.oneofs;
  return only !== undefined && message.oneofs.length === 1 && message.fields.every((field) => field.oneof === only);
};

/** `(buf.validate.field).required`; the extension is looked up among the files at hand, since this runs before anything is generated. */
const isRequired = (files: readonly DescFile[]) => {
  const all = files.flatMap((file) => file.extensions);
  const rules = all.find((it) => it.typeName === 'buf.validate.field');
  return (field: DescField): boolean => rules !== undefined && (getOption(field, rules) as { required?: boolean }).required === true;
};

/** Tells which fields are always there: scalars without `optional`, lists, maps and whatever `required` demands. */
export const sureness = (files: readonly DescFile[]) => {
  const required = isRequired(files);
  return (field: DescField): boolean =>
    field.fieldKind === 'list' ||
    field.fieldKind === 'map' ||
    (!field.oneof && (required(field) || (field.fieldKind !== 'message' && !field.proto.proto3Optional)));
};

/** The enum's names as a union of literals. */
export const textUnion = (desc: DescEnum): string => desc.values.map((value) => `'${value.name}'`).join(' | ');

const named = (f: GeneratedFile, desc: DescMessage | DescEnum): Printable[] => {
  const known = wellKnown[desc.typeName];
  if (known) return [known];
  if (!desc.file.proto.package.startsWith('guanxi.')) return [`unknown`];
  const symbol = f.import(nameOf(desc), `./${desc.file.name}.js`, true);
  return desc.kind === 'message' && isCaseMap(desc) ? [f.import('OneOf', './of.js', true), '<', symbol, '>'] : [symbol];
};

const element = (f: GeneratedFile, it: { scalar?: ScalarType; enum?: DescEnum; message?: DescMessage }): Printable[] =>
  it.message ? named(f, it.message) : it.enum ? named(f, it.enum) : [scalars[it.scalar ?? ScalarType.STRING]];

/** The TypeScript type of a field or of a message, with the imports it needs. */
export const typeOf = (f: GeneratedFile, desc: DescField | DescMessage): Printable[] => {
  if (desc.kind === 'message') return named(f, desc);
  const inner = element(f, desc);
  if (desc.fieldKind === 'list') return [...inner, '[]'];
  if (desc.fieldKind === 'map') return ['Record<string, ', ...inner, '>'];
  return inner;
};
