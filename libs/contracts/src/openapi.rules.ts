import { getOption, hasOption, toJson, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import { field as fieldRules, FieldRulesSchema, message as messageRules } from './buf/validate/validate_pb.js';

/** JSON Schema keywords. */
export type Schema = Record<string, unknown>;

/** What buf.validate says of a field. */
export interface Rules {
  /** As JSON Schema says it. */
  readonly keywords: Schema;
  /** Must a caller state it? Also where a rule refuses the default of a field that is always there. */
  readonly needed: boolean;
  /** What JSON Schema cannot say. */
  readonly sentences: readonly string[];
}

type Kind = Record<string, unknown>;
interface Stated {
  readonly required?: boolean;
  readonly ignore?: string;
  readonly cel?: readonly { readonly message?: string }[];
  readonly [kind: string]: unknown;
}

const keywordOf: Record<string, string> = {
  minLen: 'minLength',
  maxLen: 'maxLength',
  pattern: 'pattern',
  minItems: 'minItems',
  maxItems: 'maxItems',
  unique: 'uniqueItems',
  minPairs: 'minProperties',
  maxPairs: 'maxProperties',
  gte: 'minimum',
  lte: 'maximum',
  gt: 'exclusiveMinimum',
  lt: 'exclusiveMaximum',
  const: 'const',
  in: 'enum',
};
const formats: Record<string, string> = { uuid: 'uuid', email: 'email', uri: 'uri', hostname: 'hostname', ipv4: 'ipv4', ipv6: 'ipv6' };
const bounds: Record<string, string> = { gte: 'At least', lte: 'At most', gt: 'More than', lt: 'Less than', const: 'Always' };

/** Rules on text hold for text; those on 64-bit numbers cannot be said of the text that they are in JSON. */
const isWide = (kind: string): boolean => kind.includes('64');

const keywordsOf = (kind: string, rules: Kind): Schema => {
  const out: Schema = {};
  for (const [name, value] of Object.entries(rules)) {
    const keyword = keywordOf[name];
    if (formats[name] && value === true) out['format'] = formats[name];
    else if (keyword && kind !== 'enum' && !isWide(kind)) out[keyword] = /^(min|max)/.test(name) ? Number(value) : value;
    if (name === 'len') out['minLength'] = out['maxLength'] = Number(value);
  }
  return out;
};

const sentencesOf = (kind: string, rules: Kind): string[] =>
  isWide(kind) ? Object.entries(rules).flatMap(([name, value]) => (bounds[name] ? [`${bounds[name]} ${String(value)}.`] : [])) : [];

/** Rules that "", 0 or [] breaks: by name, whether this value of the rule is one. */
const breakers: Record<string, (value: unknown) => boolean> = {
  minLen: (it) => Number(it) > 0,
  len: (it) => Number(it) > 0,
  pattern: (it) => !new RegExp(String(it), 'u').test(''),
  minItems: (it) => Number(it) > 0,
  minPairs: (it) => Number(it) > 0,
  notIn: (it) => (it as readonly unknown[]).some((one) => one === '' || Number(one) === 0),
  gte: (it) => Number(it) > 0,
  gt: (it) => Number(it) >= 0,
  lte: (it) => Number(it) < 0,
  lt: (it) => Number(it) <= 0,
};

/** Does the default break the rules? Then a caller must state the field. */
const refusesDefault = (rules: Kind): boolean =>
  Object.entries(rules).some(([name, value]) => (formats[name] && value === true) || breakers[name]?.(value));

const rulesFrom = (stated: Stated, isImplicit = false): Rules => {
  const { required = false, ignore, cel = [], ...kinds } = stated;
  const [kind, rules] = (Object.entries(kinds)[0] as [string, Kind] | undefined) ?? ['', {}];
  const skipsDefault = ignore === 'IGNORE_IF_ZERO_VALUE' || ignore === 'IGNORE_ALWAYS';
  const celMessages = cel.flatMap((it) => (it.message ? [`${it.message}.`] : []));
  return {
    keywords: keywordsOf(kind, rules),
    needed: required || (isImplicit && !skipsDefault && refusesDefault(rules)),
    sentences: [...sentencesOf(kind, rules), ...celMessages],
  };
};

const none: Rules = { keywords: {}, needed: false, sentences: [] };

/** The rules of a field as a whole. */
export const rulesOf = (field: DescField): Rules =>
  hasOption(field, fieldRules) ? rulesFrom(statedOf(field), field.presence === FeatureSet_FieldPresence.IMPLICIT) : none;

/** The rules of each item of a list. */
export const itemRulesOf = (field: DescField): Rules => {
  if (!hasOption(field, fieldRules)) return none;
  const items = (statedOf(field)['repeated'] as { items?: Stated } | undefined)?.items;
  return items ? rulesFrom(items) : none;
};

/** Numbers of an enum that the field refuses. */
export const refusedNumbers = (field: DescField): ReadonlySet<number> => {
  const stated = hasOption(field, fieldRules) ? statedOf(field) : {};
  const items = (stated['repeated'] as { items?: Stated } | undefined)?.items;
  return new Set(((stated['enum'] ?? items?.['enum']) as { notIn?: number[] } | undefined)?.notIn ?? []);
};

const statedOf = (field: DescField): Stated => toJson(FieldRulesSchema, getOption(field, fieldRules)) as Stated;

/** What a message's own rules demand, as sentences. */
export const messageSentences = (desc: DescMessage): string[] =>
  hasOption(desc, messageRules) ? getOption(desc, messageRules).cel.flatMap((it) => (it.message ? [`Rule \`${it.id}\`: ${it.message}.`] : [])) : [];
