import { fromJson, toJson, type DescField, type DescMessage, type JsonValue, type MessageShape } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import { canonical, zeroOf } from './canonical.js';
import { threeDigits } from './scalars.js';

type Json = Record<string, unknown>;

/**
 * What a record keeps as `data`: the event as `fromJson` then `toJson` print it (fields by number, defaults left out, JSON names,
 * 64-bit integers as text), instants in UTC with exactly three digits. Undefined properties count as absent.
 * @throws JsonFaults naming every field that is not what the contract says
 */
export const recordData: (desc: DescMessage, json: unknown) => Record<string, unknown> = canonical;

/**
 * JSON → message, stricter than `fromJson`: refuses unknown fields, enums as numbers, JSON numbers that are too large to be exact,
 * instants without a zone, days that do not exist, U+0000 and halves of surrogate pairs. Instants are cut to milliseconds.
 * @throws JsonFaults naming every such field
 */
export const parseStrict = <D extends DescMessage>(desc: D, json: unknown): MessageShape<D> => fromJson(desc, canonical(desc, json) as JsonValue);

/**
 * Message → what deciders, views and rows see: plain proto3 JSON with defaults filled in (kit.md §1).
 * @throws JsonFaults where the message holds U+0000 in text or an enum number without a name, as a gRPC caller can send
 */
export const toPlain = (desc: DescMessage, message: MessageShape<DescMessage>): Record<string, unknown> =>
  filled(desc, canonical(desc, toJson(desc, message)));

/** Works on the value of one field, or on a whole message. */
type Work = (value: unknown) => unknown;
type MakeWork = (desc: DescMessage) => Work;

/** Compiles once per message, so that a recursive message finds itself. */
const once = (make: MakeWork): MakeWork => {
  const compiled = new WeakMap<DescMessage, Work>();
  return (desc) => {
    const known = compiled.get(desc);
    if (known) return known;
    compiled.set(desc, (value) => (compiled.get(desc) as Work)(value));
    const work = make(desc);
    compiled.set(desc, work);
    return work;
  };
};

const isWellKnown = (desc: DescMessage): boolean => desc.typeName.startsWith('google.protobuf.') && desc.typeName !== 'google.protobuf.Empty';

/** Lifts work on a message to a field of that message's type, a list or a map of it; undefined where nothing is to be done. */
const lifted = (field: DescField, of: MakeWork, wellKnown: (desc: DescMessage) => Work | undefined): Work | undefined => {
  if (!field.message) return undefined;
  const work = isWellKnown(field.message) ? wellKnown(field.message) : of(field.message);
  if (!work || field.fieldKind === 'message') return work;
  if (field.fieldKind === 'list') return (value) => (value as unknown[]).map(work);
  return (value) => Object.fromEntries(Object.entries(value as Json).map(([key, item]) => [key, work(item)]));
};

const isRepeated = (field: DescField): boolean => field.fieldKind === 'list' || field.fieldKind === 'map';
const empty = (field: DescField): unknown => (field.fieldKind === 'list' ? [] : {});
const isImplicit = (field: DescField): boolean => field.presence === FeatureSet_FieldPresence.IMPLICIT && !isRepeated(field);

const filler: MakeWork = once((desc) => {
  const plans = desc.fields.map((field) => ({
    name: field.jsonName,
    zero: isImplicit(field) ? zeroOf(field) : undefined,
    fresh: isRepeated(field) ? () => empty(field) : undefined,
    inner: lifted(field, filler, () => undefined),
  }));
  return (value) => {
    const json = value as Json;
    for (const { name, zero, fresh, inner } of plans) {
      const given = json[name];
      if (given === undefined) {
        if (zero !== undefined) json[name] = zero;
        else if (fresh) json[name] = fresh();
      } else if (inner && given !== null) json[name] = inner(given);
    }
    return json;
  };
});

/**
 * Gives plain JSON that we printed ourselves the fields that it leaves out (also those that an old event did not know yet), in
 * place: '' 0 '0' false [] {} and an enum's zero name. Message fields and `optional` ones stay absent. Checks nothing.
 */
export const filled = (desc: DescMessage, json: Record<string, unknown>): Record<string, unknown> => filler(desc)(json) as Json;

const printer: MakeWork = once((desc) => {
  const plans = desc.fields.map((field) => ({
    name: field.jsonName,
    zero: isImplicit(field) ? zeroOf(field) : null,
    fresh: isRepeated(field) ? () => empty(field) : undefined,
    inner: lifted(field, printer, (known) => (known.typeName === 'google.protobuf.Timestamp' ? (at) => threeDigits(at as string) : undefined)),
  }));
  return (value) => {
    const json = value as Json;
    const out: Json = {};
    for (const { name, zero, fresh, inner } of plans) {
      const given = json[name];
      out[name] = given === undefined || given === null ? (fresh ? fresh() : zero) : inner ? inner(given) : given;
    }
    return out;
  };
});

/**
 * An answer for the outside (public-api.md): every field printed in the contract's order, absent ones as their default, absent
 * message and `optional` fields as null, instants with three digits. A new object; takes rows and what `toJson` prints.
 */
export const printed = (desc: DescMessage, json: Record<string, unknown>): Record<string, unknown> => printer(desc)(json) as Json;
