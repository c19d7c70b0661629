import { refId, uuid5, uuid7, type Ref } from './ids.js';
import { invalid } from './rejection.js';

type Json = Readonly<Record<string, unknown>>;

/** Where a command goes. */
export interface Target {
  /** The stream's id. */
  readonly id: string;
  /** Was the id made just now? Then there can be no such stream. */
  readonly fresh: boolean;
  /** The command with the ids that its references mean: `<stream>Id` and, where it names an account, `accountId`. */
  readonly command: Json;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Is it the text of a UUID, in lower case? */
export const isUuid = (text: string): boolean => uuid.test(text);

const isRef = (value: unknown): value is Ref => typeof value === 'object' && value !== null && 'system' in value && 'id' in value;

/**
 * The id of the `name` that a command names by `<name>Id` or `<name>Ref`; undefined where by neither. PostgreSQL reads UUIDs in
 * any case, so they are made lower case once, here.
 * @throws Rejection `ref-mismatch` where both are given and mean different things, `string.uuid` where the id is none
 */
export const namedId = (namespace: string, name: string, command: Json): string | undefined => {
  const [id, ref] = [command[`${name}Id`], command[`${name}Ref`]];
  const stated = typeof id === 'string' && id !== '' ? id.toLowerCase() : undefined;
  // Validation has seen clients' ids; one that a policy made up would fail its neighbours' statement.
  if (stated && !isUuid(stated)) throw invalid('string.uuid', `${name}Id`, 'must be a UUID');
  const derived = isRef(ref) ? refId(namespace, name, ref) : undefined;
  if (stated && derived && stated !== derived) throw invalid('ref-mismatch', `${name}Ref`, `${name}Id and ${name}Ref mean different things`);
  return stated ?? derived;
};

/** The stream that a command names; undefined where it begins one under a new id. Plain JSON in camelCase. */
export const namedStream = (namespace: string, stream: string, command: Json): string | undefined =>
  namedId(namespace, stream, command) ?? (isRef(command.externalRef) ? refId(namespace, stream, command.externalRef) : undefined);

/** Whose stream a command goes to: the aggregate's name, and the fields that name the one stream there is for each of their values. */
export interface Aggregate {
  readonly stream: string;
  readonly keyedBy?: readonly string[];
}

/** The only stream for these values: `UUIDv5(namespace, "membership:<accountId>:<programme>")`. @throws Error where one is missing */
const keyedId = (namespace: string, stream: string, keyedBy: readonly string[], command: Json): string => {
  const values = keyedBy.map((field) => command[field]);
  if (!values.every((it) => typeof it === 'string' && it !== '')) throw new Error(`a command of ${stream} lacks one of ${keyedBy.join(', ')}`);
  return uuid5(namespace, [stream, ...values].join(':'));
};

/** Where a command goes: the stream that it names, else a new one. @throws Rejection `ref-mismatch` */
export const targetOf = (namespace: string, { stream, keyedBy }: Aggregate, command: Json): Target => {
  const account = namedId(namespace, 'account', command);
  const known = account ? { ...command, accountId: account } : command;
  const named = keyedBy ? keyedId(namespace, stream, keyedBy, known) : namedStream(namespace, stream, command);
  const id = named ?? uuid7();
  return { id, fresh: named === undefined, command: { ...known, [`${stream}Id`]: id } };
};
