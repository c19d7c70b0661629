import { hash } from 'node:crypto';
import { v7 } from 'uuid';

/** What another system calls a thing. */
export interface Ref {
  readonly system: string;
  readonly id: string;
}

/** A UUIDv7: new, and in the order of time. */
export const uuid7 = (): string => v7();

/** A UUIDv5: the same for the same name in the same namespace (a UUID). @throws TypeError where the namespace is none */
export const uuid5 = (namespace: string, name: string): string => {
  const within = Buffer.from(namespace.replaceAll('-', ''), 'hex');
  if (within.length !== 16) throw new TypeError('not a UUID');
  const digits = hash('sha1', Buffer.concat([within, Buffer.from(name)]), 'hex');
  const variant = '89ab'.charAt(parseInt(digits.charAt(16), 16) % 4);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-5${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
};

/** The id of the thing that another system calls `ref`; `namespace` is the installation's, so that every service finds the same one. */
export const refId = (namespace: string, aggregate: string, { system, id }: Ref): string => uuid5(namespace, `${aggregate}:${system}:${id}`);

// Fixed for ever: ids of commands and events in the records come from it.
const commandIds = '6f0c1a52-3b7e-5e0d-8a94-d1c27b6e4f10';
const owned = (subject: string, key: string): string => `${subject}\0${key}`;

/** The id of a command that bears an idempotency key: the same for every try. */
export const commandId = (subject: string, key: string): string => uuid5(commandIds, owned(subject, key));

/** The id of a command's n-th event (0, 1, …): the same for every try where the command's own id is. */
export const eventId = (command: string, n: number): string => uuid5(command, String(n));

/** What is kept of an idempotency key: nobody can take another's, and nothing of the client's text is stored. 32 bytes. */
export const storedKey = (subject: string, key: string): Buffer => sha256(owned(subject, key));

/** Tells whether two requests under one key are the same: 32 bytes of the command's full name and its JSON text. */
export const requestHash = (command: string, request: unknown): Buffer => sha256(`${command}\0${JSON.stringify(request)}`);

const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer');
