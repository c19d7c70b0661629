import { fromBinary, toJson, type DescMessage } from '@bufbuild/protobuf';
import { printed } from '@guanxi/contracts/json';
import { contracts, sourceOf, type Command } from '@guanxi/contracts/services';
import { policyOf, roleFor } from '@guanxi/service-kit/access';
import type { Principal } from '@guanxi/service-kit/auth';
import type { Line } from './batch.lines.js';
import { namesOf } from './batch.names.js';
import { readObject, type JsonObject } from './json.reader.js';
import type { CallHeaders } from './peers.js';
import { Refusal, unreadable } from './refusal.js';
import { bytesOf, readMessage } from './request.reader.js';

/** One line, read and ready to be sent. */
export interface Wish {
  readonly service: string;
  readonly rpc: string;
  readonly bytes: Uint8Array;
  readonly headers: CallHeaders;
  /** Ids of what it names: lines that share one run in file order. */
  readonly names: readonly string[];
  readonly print: (answer: Uint8Array) => JsonObject;
}

const known = new Set(['command', 'idempotencyKey', 'request']);
const longestKey = 200;

const commandOf = (name: unknown): Command => {
  const command = typeof name === 'string' ? contracts.commands.get(name) : undefined;
  if (!command) throw unreadable('command-unknown', 'command must be the full name of a command.', 'command');
  return command;
};

const keyOf = (key: unknown): string => {
  const fault = (slug: string, message: string): Refusal =>
    new Refusal(422, slug, `idempotencyKey ${message}.`, [{ field: 'idempotencyKey', rule: slug, message }]);
  if (key === undefined || key === null) throw fault('idempotency-key-missing', 'is needed in a batch');
  const good = typeof key === 'string' && key.length >= 1 && key.length <= longestKey && key.isWellFormed() && !key.includes('\0');
  if (!good) throw fault('idempotency-key-invalid', 'must be text of 1 to 200 characters');
  return key;
};

const printer =
  (desc: DescMessage): Wish['print'] =>
  (bytes) =>
    printed(desc, toJson(desc, fromBinary(desc, bytes)) as JsonObject);

/** Reads a line of a batch for somebody whose token is already checked. @throws Refusal, Rejection forbidden */
export const readLine = ({ text }: Line, principal: Principal, headers: CallHeaders, namespace: string): Wish => {
  if (!text) throw new Refusal(413, 'too-large', 'A line has at most 262,144 bytes.');
  const line = readObject(text);
  const stranger = Object.keys(line).find((name) => !known.has(name));
  if (stranger !== undefined)
    throw unreadable('unknown-field', 'A line has command, idempotencyKey and request.', stranger.toWellFormed().slice(0, 100));
  const command = commandOf(line['command']);
  const { input, output, name } = command.method;
  roleFor(principal, policyOf(command.method));
  const key = keyOf(line['idempotencyKey']);
  const request = readMessage(input, () => line['request']);
  return {
    service: sourceOf(command.service),
    rpc: `/${command.service.typeName}/${name}`,
    bytes: bytesOf(input, request),
    headers: { ...headers, 'idempotency-key': key },
    names: namesOf(command, request, namespace),
    print: printer(output),
  };
};
