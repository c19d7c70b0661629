import { toJson, fromJson, type DescMethod, type JsonObject, type JsonValue } from '@bufbuild/protobuf';
import type { FastifyRequest } from 'fastify';
import { readObject } from './json.reader.js';
import { unreadable } from './refusal.js';
import { readMessage } from './request.reader.js';

/**
 * The request of a door that is no route of the contracts: its body, which may be absent, and what its path names.
 * @throws Refusal 400 unreadable, unknown-field; 422 invalid-request
 */
export const requestOf = (method: DescMethod, { body }: FastifyRequest, path: Readonly<Record<string, string>>): JsonObject => {
  const given = Buffer.isBuffer(body) && body.length > 0 ? readObject(body) : {};
  const twice = Object.keys(path).find((name) => name in given);
  if (twice !== undefined) throw unreadable('unknown-field', `\`${twice}\` stands in the address.`, twice);
  const { input } = method;
  return toJson(input, fromJson(input, readMessage(input, () => ({ ...given, ...path })) as JsonValue)) as JsonObject;
};
