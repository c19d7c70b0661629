import { ScalarType, type DescField } from '@bufbuild/protobuf';
import { JsonFaults, type Fault } from './faults.js';
import type { Route } from './routes.js';

/** A query string as Fastify reads it: a parameter given twice is a list. */
export type Query = Readonly<Record<string, string | readonly string[]>>;

const isPlain = (field: DescField): boolean =>
  field.fieldKind !== 'map' && (!field.message || field.message.typeName === 'google.protobuf.Timestamp');

/** Fields that a query string may state, by either name; what the path fills is not among them. */
const parametersOf = (route: Route): ReadonlyMap<string, DescField> => {
  const known = parameters.get(route);
  if (known) return known;
  const fields = route.hasBody ? [] : route.method.input.fields.filter((it) => isPlain(it) && !route.path.includes(it));
  const made = new Map(fields.flatMap((it) => [[it.name, it] as const, [it.jsonName, it] as const]));
  parameters.set(route, made);
  return made;
};

const parameters = new WeakMap<Route, ReadonlyMap<string, DescField>>();

/** Text of a query string → JSON of the field's type; what does not fit stays text, and the strict parser names it. */
const typed = (field: DescField, text: string): unknown => {
  if (field.scalar === ScalarType.BOOL) return text === 'true' ? true : text === 'false' ? false : text;
  if (field.scalar === ScalarType.DOUBLE || field.scalar === ScalarType.FLOAT)
    return text.trim() && Number.isFinite(Number(text)) ? Number(text) : text;
  return text;
};

const fromQuery = (route: Route, query: Query, faults: Fault[]): Record<string, unknown> => {
  const out: Record<string, unknown> = {};
  const known = parametersOf(route);
  for (const [name, given] of Object.entries(query)) {
    const field = known.get(name);
    const texts = typeof given === 'string' ? [given] : given;
    if (!field) faults.push({ field: name.toWellFormed().slice(0, 100), rule: 'unknown-parameter', message: 'is not a parameter here' });
    else if (field.jsonName in out || (field.fieldKind !== 'list' && texts.length !== 1))
      faults.push({ field: field.jsonName, rule: 'given-twice', message: 'may be given once' });
    else out[field.jsonName] = field.fieldKind === 'list' ? texts.map((it) => typed(field, it)) : typed(field, texts[0] ?? '');
  }
  return out;
};

/**
 * The JSON request of a REST call: the body or the query string, with what the path says. It is not checked against the
 * contract yet: `parseStrict` does that.
 * @param path values by proto name, decoded
 * @param body parsed JSON, undefined where there is none
 * @throws JsonFaults for an unknown parameter (`unknownField`), one given twice, a body that is no object or contradicts the path
 */
export const requestOf = (route: Route, path: Readonly<Record<string, string>>, query: Query, body: unknown): Record<string, unknown> => {
  const faults: Fault[] = [];
  // Spread, not assign: a body's own "__proto__" must stay a field that nobody knows.
  const out: Record<string, unknown> = { ...fromQuery(route, query, faults), ...(route.hasBody ? bodyOf(body) : undefined) };
  for (const field of route.path) putPath(out, field, path[field.name], faults);
  if (faults.length) throw new JsonFaults(faults);
  return out;
};

const bodyOf = (body: unknown): object => {
  if (body === undefined) return {};
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new JsonFaults([{ field: '', rule: 'object', message: 'must be an object' }]);
};

/** What the path says stands; a body may repeat it by either name. */
const putPath = (out: Record<string, unknown>, { name, jsonName }: DescField, value: string | undefined, faults: Fault[]): void => {
  const differs = [out[jsonName], out[name]].some((it) => it !== undefined && it !== null && it !== value);
  if (differs) faults.push({ field: jsonName, rule: 'path-mismatch', message: 'must be what the path says, or left out' });
  delete out[name];
  out[jsonName] = value;
};
