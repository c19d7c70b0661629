import type { DescField, DescMessage, JsonValue } from '@bufbuild/protobuf';
import fc from 'fast-check';

const instants = fc
  .tuple(
    fc.date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true }),
    fc.constantFrom('', '.5', '.123', '.123456789'),
  )
  .chain(([at, digits]) => fc.constantFrom('Z', '+08:00', '-03:30').map((zone) => at.toISOString().slice(0, 19) + digits + zone));

const whole = (min: bigint, max: bigint): fc.Arbitrary<unknown> =>
  fc.oneof(fc.bigInt({ min, max }).map(String), fc.integer({ min: min < 0n ? -(2 ** 53 - 1) : 0, max: 2 ** 53 - 1 }), fc.constant('0'));

const texts = fc.string({ unit: 'binary', maxLength: 8 }).filter((it) => it.isWellFormed() && !it.includes('\0'));

const scalars: Partial<Record<number, fc.Arbitrary<unknown>>> = {
  3: whole(-(2n ** 63n), 2n ** 63n - 1n),
  4: whole(0n, 2n ** 64n - 1n),
  5: fc.integer(),
  8: fc.boolean(),
  9: texts,
  12: fc.uint8Array({ maxLength: 5 }).map((it) => Buffer.from(it).toString('base64')),
  13: fc.nat(),
};

const value = (field: DescField, depth: number): fc.Arbitrary<unknown> => {
  if (field.message) return field.message.typeName === 'google.protobuf.Timestamp' ? instants : documents(field.message, depth - 1);
  if (field.enum) return fc.constantFrom(...field.enum.values.map((it) => it.name));
  return scalars[field.scalar ?? 9] ?? fc.nat();
};

const fieldValue = (field: DescField, depth: number): fc.Arbitrary<unknown> => {
  if (field.fieldKind === 'list') return fc.array(value(field, depth), { maxLength: 3 });
  if (field.fieldKind === 'map')
    return fc.dictionary(
      texts.filter((it) => it !== '__proto__'),
      value(field, depth),
      { maxKeys: 3 },
    );
  return value(field, depth);
};

/** JSON documents of a message, as a client may write them: any order, either name, offsets, 64-bit integers as numbers too. */
export const documents = (desc: DescMessage, depth = 1): fc.Arbitrary<Record<string, unknown>> => {
  const fields = desc.fields.filter((it) => depth > 0 || !it.message || it.message.typeName === 'google.protobuf.Timestamp');
  return fc.shuffledSubarray(fields).chain((chosen) => {
    const taken = new Set<unknown>();
    const legal = chosen.filter((it) => !it.oneof || (!taken.has(it.oneof) && taken.add(it.oneof)));
    return fc
      .tuple(...legal.map((it) => fc.tuple(fc.constantFrom(it.jsonName, it.name), fieldValue(it, depth))))
      .map((entries) => Object.fromEntries(entries));
  });
};

/** Cuts the instants of what toJson printed to three digits: the long way, to compare with. */
export const cutInstants = (desc: DescMessage, json: JsonValue): unknown => {
  if (desc.typeName === 'google.protobuf.Timestamp') return new Date(Date.parse((json as string).replace(/(\.\d{3})\d+/, '$1'))).toISOString();
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(json as Record<string, JsonValue>)) {
    const field = desc.fields.find((it) => it.jsonName === key);
    const inner = field?.message;
    if (!inner) out[key] = item;
    else if (field.fieldKind === 'list') out[key] = (item as JsonValue[]).map((it) => cutInstants(inner, it));
    else if (field.fieldKind === 'map')
      out[key] = Object.fromEntries(Object.entries(item as object).map(([name, it]) => [name, cutInstants(inner, it as JsonValue)]));
    else out[key] = cutInstants(inner, item);
  }
  return out;
};
