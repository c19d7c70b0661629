import { ScalarType, type DescField, type DescMessage, type DescOneof } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import { Faulty, faulty, JsonFaults, type Fault } from './faults.js';
import { enumReader, instant, scalarReaders, wellKnownReader, type Read } from './scalars.js';

type Json = Record<string, unknown>;

/** How one field is read: compiled once per message. */
interface Plan {
  readonly json: string;
  readonly proto: string;
  readonly read: Read;
  /** What is left out: the default of a field that is always there. Undefined where presence is explicit. */
  readonly zero: unknown;
  readonly repeated: boolean;
  readonly oneof: DescOneof | undefined;
}

const compiled = new WeakMap<DescMessage, Read>();

/** Reader of a message, compiled at first use; a recursive message finds itself. */
const messageReader = (desc: DescMessage): Read => {
  if (desc.typeName === 'google.protobuf.Timestamp') return instant;
  if (desc.typeName.startsWith('google.protobuf.') && desc.typeName !== 'google.protobuf.Empty') return wellKnownReader(desc);
  const known = compiled.get(desc);
  if (known) return known;
  const plans: Plan[] = [];
  const names = new Map<string, Plan>();
  const read: Read = (value) => readMessage(desc, plans, names, value);
  compiled.set(desc, read);
  for (const field of [...desc.fields].sort((a, b) => a.number - b.number)) {
    if (field.jsonName in Object.prototype) throw new Error(`${field.toString()}: every object inherits that name`);
    const plan = planOf(field);
    plans.push(plan);
    names.set(field.jsonName, plan).set(field.name, plan);
  }
  return read;
};

const planOf = (field: DescField): Plan => {
  return {
    json: field.jsonName,
    proto: field.name,
    read: fieldReader(field),
    zero: field.presence === FeatureSet_FieldPresence.IMPLICIT ? zeroOf(field) : undefined,
    repeated: field.fieldKind === 'list' || field.fieldKind === 'map',
    oneof: field.oneof,
  };
};

/** The default that proto3 JSON leaves out: '' , 0, '0', false or an enum's first name; `[]` and `{}` are made anew by the caller. */
export const zeroOf = (field: DescField): unknown => {
  if (field.fieldKind === 'enum') return field.enum.values[0]?.name;
  if (field.fieldKind !== 'scalar') return undefined;
  const zero = scalarReaders[field.scalar](0);
  if (!(zero instanceof Faulty)) return zero;
  return field.scalar === ScalarType.BOOL ? false : '';
};

const elementReader = (field: DescField): Read =>
  field.message ? messageReader(field.message) : field.enum ? enumReader(field.enum) : scalarReaders[field.scalar ?? ScalarType.STRING];

const fieldReader = (field: DescField): Read => {
  const read = elementReader(field);
  return field.fieldKind === 'list' ? listOf(read) : field.fieldKind === 'map' ? mapOf(read) : read;
};

const absent = (value: unknown): value is null | undefined => value === null || value === undefined;

const listOf =
  (read: Read): Read =>
  (value) => {
    if (!Array.isArray(value)) return faulty('list', 'must be a list');
    const faults: Fault[] = [];
    const out = value.map((item: unknown, i) => {
      const one = absent(item) ? faulty('null', 'must not be null') : read(item);
      if (one instanceof Faulty) faults.push(...one.under(`[${i}]`));
      return one;
    });
    return faults.length ? new Faulty(faults) : out;
  };

const mapOf =
  (read: Read): Read =>
  (value) => {
    if (!isObject(value)) return faulty('map', 'must be an object');
    const faults: Fault[] = [];
    const entries = Object.entries(value).map(([key, item]) => {
      const name = scalarReaders[ScalarType.STRING](key);
      const one = name instanceof Faulty ? name : absent(item) ? faulty('null', 'must not be null') : read(item);
      if (one instanceof Faulty) faults.push(...one.under(`[${key.toWellFormed().slice(0, 100)}]`));
      return [key, one] as const;
    });
    return faults.length ? new Faulty(faults) : Object.fromEntries(entries);
  };

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const count = (value: Json): number => {
  let stated = 0;
  for (const key in value) if (value[key] !== undefined) stated++;
  return stated;
};

/** Reads the stated fields into `out` and their faults into `faults`; answers how many stated names it did not meet. */
const readFields = (plans: readonly Plan[], value: Json, out: Json, faults: Fault[]): number => {
  let left = count(value);
  for (const plan of plans) {
    if (left === 0) return 0;
    const stated = value[plan.json];
    const given = stated === undefined && plan.proto !== plan.json ? value[plan.proto] : stated;
    if (given === undefined) continue;
    left--;
    const one = given === null ? plan.zero : plan.read(given);
    if (one instanceof Faulty) faults.push(...one.under(plan.json));
    else if (plan.repeated ? !isEmpty(one) : one !== plan.zero) out[plan.json] = one;
  }
  return left;
};

const readMessage = (desc: DescMessage, plans: readonly Plan[], names: ReadonlyMap<string, Plan>, value: unknown): unknown => {
  if (!isObject(value)) return faulty('object', 'must be an object');
  const out: Json = {};
  const faults: Fault[] = [];
  if (readFields(plans, value, out, faults) > 0) faults.push(...strangers(desc, names, value));
  if (desc.oneofs.length) faults.push(...doubleCases(plans, value));
  return faults.length ? new Faulty(faults) : out;
};

const isEmpty = (value: unknown): boolean => {
  for (const _ in value as object) return false;
  return true;
};

/** Names that the contract does not know, and fields given by both of their names. */
const strangers = (desc: DescMessage, names: ReadonlyMap<string, Plan>, value: Json): Fault[] =>
  Object.keys(value).flatMap((key) => {
    const plan = names.get(key);
    if (value[key] === undefined) return [];
    if (!plan) return [{ field: key.toWellFormed().slice(0, 100), rule: 'unknown-field', message: `is not a field of ${desc.name}` }];
    const twice = key !== plan.json && value[plan.json] !== undefined;
    return twice ? [{ field: plan.json, rule: 'given-twice', message: `is also given as ${key}` }] : [];
  });

/** Oneofs of which more than one case is given. */
const doubleCases = (plans: readonly Plan[], value: Json): Fault[] => {
  const given = plans.filter((it) => it.oneof && !absent(value[it.json] ?? value[it.proto]));
  return given
    .filter((it, i) => given.findIndex((other) => other.oneof === it.oneof) !== i)
    .map((it) => ({ field: it.json, rule: 'oneof', message: `only one case of ${it.oneof?.name ?? ''} may be given` }));
};

/**
 * Reads JSON strictly and gives it back as `fromJson` then `toJson` would print it, at a fifth of their cost: fields by number,
 * defaults left out, JSON names, 64-bit integers as text, instants in UTC with three digits. Properties that are undefined or
 * null count as absent. The input is left as it is.
 * @throws JsonFaults naming every field that is not what the contract says
 */
export const canonical = (desc: DescMessage, json: unknown): Record<string, unknown> => {
  const out = messageReader(desc)(json);
  if (out instanceof Faulty) throw new JsonFaults(out.faults);
  return out as Record<string, unknown>;
};
