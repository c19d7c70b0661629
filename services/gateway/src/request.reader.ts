import { fromJson, toBinary, type DescMessage, type JsonValue } from '@bufbuild/protobuf';
import { canonical } from '@guanxi/contracts/canonical';
import { JsonFaults } from '@guanxi/contracts/faults';
import { requestOf, type Query } from '@guanxi/contracts/request';
import type { Route } from '@guanxi/contracts/routes';
import { readObject, type JsonObject } from './json.reader.js';
import { Refusal } from './refusal.js';

/** Rules of form, not of value: 400. */
const unknown: Readonly<Record<string, string>> = { 'unknown-field': 'unknown-field', 'unknown-parameter': 'filter-unknown' };

const refusalOf = ({ errors }: JsonFaults): Refusal => {
  const worst = errors.find(({ rule }) => unknown[rule]) ?? errors[0];
  const slug = worst && unknown[worst.rule];
  const detail = worst ? `${worst.field || 'The request'} ${worst.message}.` : 'The request is not what the contract says.';
  return slug ? new Refusal(400, slug, detail, errors) : new Refusal(422, 'invalid-request', detail, errors);
};

/** The canonical JSON of a message. @throws Refusal 400 naming what is unknown, 422 for values */
export const readMessage = (desc: DescMessage, make: () => unknown): JsonObject => {
  try {
    return canonical(desc, make());
  } catch (error) {
    throw error instanceof JsonFaults ? refusalOf(error) : error;
  }
};

/** The bytes that a service takes, from canonical JSON. */
export const bytesOf = (desc: DescMessage, json: JsonObject): Uint8Array => toBinary(desc, fromJson(desc, json as JsonValue));

/** A REST request as the bytes that its service takes. @throws Refusal */
export const readRequest = (route: Route, path: Readonly<Record<string, string>>, query: Query, body: Buffer | undefined): Uint8Array => {
  const given = body && body.length > 0 ? readObject(body) : undefined;
  const { input } = route.method;
  return bytesOf(
    input,
    readMessage(input, () => requestOf(route, path, query, given)),
  );
};
