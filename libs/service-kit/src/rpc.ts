import { fromBinary, fromJson, toBinary, type DescMessage, type JsonValue, type Message } from '@bufbuild/protobuf';
import { JsonFaults } from '@guanxi/contracts/faults';
import { toPlain } from '@guanxi/contracts/json';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { demandValid } from './validation.js';

const parsed = (desc: DescMessage, bytes: Uint8Array) => {
  try {
    return fromBinary(desc, bytes);
  } catch {
    throw new Rejection('unreadable', 'invalid', 'The request cannot be read.');
  }
};

/**
 * A request's bytes → what handlers see: plain proto3 JSON, valid by its contract.
 * @throws Rejection unreadable, or invalid naming fields and rules
 */
export const readRequest = (desc: DescMessage, bytes: Uint8Array): Record<string, unknown> => {
  const message = parsed(desc, bytes);
  demandValid(desc, message);
  try {
    return toPlain(desc, message);
  } catch (error) {
    if (!(error instanceof JsonFaults)) throw error;
    throw new Rejection('invalid-request', 'invalid', 'The request holds values that are not allowed.', { errors: error.errors });
  }
};

const answered = (desc: DescMessage, answer: unknown): Message => {
  try {
    return fromJson(desc, answer as JsonValue);
  } catch {
    // Absent and undefined are one in JSON. Rows never hold undefined, only answers put together by hand: so few are read twice.
    return fromJson(desc, JSON.parse(JSON.stringify(answer)) as JsonValue);
  }
};

/** An answer in plain JSON → its bytes. @throws Error where it is not what the contract says: a fault of ours */
export const writeAnswer = (desc: DescMessage, answer: unknown): Uint8Array => toBinary(desc, answered(desc, answer));
