import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ListAccountsResponseSchema, RegisterAccountSchema } from '@guanxi/contracts/guanxi/accounts/v1/account_pb';
import { CommittedSchema } from '@guanxi/contracts/guanxi/common/v1/command_pb';
import { FreshnessSchema } from '@guanxi/contracts/guanxi/common/v1/freshness_pb';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { readRequest, writeAnswer } from './rpc.js';

const bytesOf = (fields: Parameters<typeof create<typeof RegisterAccountSchema>>[1]): Uint8Array =>
  toBinary(RegisterAccountSchema, create(RegisterAccountSchema, fields));
const good = bytesOf({ kind: 1, displayName: '张三' });
const read = (bytes: Uint8Array): Record<string, unknown> => readRequest(RegisterAccountSchema, bytes);
const refusal = (bytes: Uint8Array): unknown => {
  try {
    return read(bytes);
  } catch (error) {
    return error;
  }
};
const joined = (...parts: (Uint8Array | string)[]): Uint8Array =>
  Buffer.concat(parts.map((it) => (typeof it === 'string' ? Buffer.from(it, 'hex') : it)));

describe('a request at the gRPC door', () => {
  it('becomes plain JSON with defaults filled in', () => {
    expect(read(good)).toMatchObject({ kind: 'PERSON', displayName: '张三' });
  });
  it('may hold fields of a newer contract', () => {
    // Field 1000, varint 1.
    expect(read(joined(good, 'c03e01'))).toEqual(read(good));
  });
  it('is unreadable where it is no message', () => {
    const displayName = Buffer.from(good).indexOf('张三') - 2;
    const invalidUtf8 = Buffer.from(good).fill(0xff, displayName + 2, displayName + 5);
    for (const bytes of [good.slice(0, -1), joined('ff'), joined('0b'), joined(good, '12ffffffff0f'), invalidUtf8])
      expect(refusal(bytes)).toMatchObject({ slug: 'unreadable', kind: 'invalid' });
  });
  it('is refused by field and rule, never by value', () => {
    const error = refusal(bytesOf({ kind: 1, displayName: 'x'.repeat(10_000), externalRef: { system: 'a:canary', id: '' } }));
    expect(error).toMatchObject({ slug: 'invalid-request', kind: 'invalid' });
    const fields = (error as Rejection).more.errors?.map((it) => it.field);
    expect(fields).toEqual(expect.arrayContaining(['displayName', 'externalRef.system', 'externalRef.id']));
    expect(JSON.stringify([error, (error as Rejection).message])).not.toContain('canary');
  });
  it('is refused with U+0000 in a text or a number that no enum has', () => {
    expect(refusal(bytesOf({ kind: 1, displayName: 'a\0b' }))).toMatchObject({ kind: 'invalid', more: { errors: [{ field: 'displayName' }] } });
    expect(refusal(bytesOf({ kind: 99 as never, displayName: 'a' }))).toMatchObject({ kind: 'invalid', more: { errors: [{ field: 'kind' }] } });
  });
  it('of any bytes is read or refused, nothing else', () => {
    const mutated = fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => Buffer.from(good).fill(byte, at, at + 1));
    const check = (bytes: Uint8Array): void => {
      const outcome = refusal(bytes);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(Rejection);
    };
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), check), { numRuns: 2_000 });
  });
});

describe('an answer', () => {
  it('that is not what the contract says never leaves', () => {
    expect(() => writeAnswer(CommittedSchema, { id: 'x', stranger: 1 })).toThrow();
    expect(() => writeAnswer(CommittedSchema, { version: 'two' })).toThrow();
  });
  it('may hold undefined for what is absent, at any depth', () => {
    const freshness = { asOf: undefined, lagMs: 3, staleReason: undefined };
    expect(fromBinary(FreshnessSchema, writeAnswer(FreshnessSchema, freshness))).toMatchObject({ lagMs: 3, staleReason: '' });
    const page = { accounts: [{ accountId: 'a', region: undefined, createdAt: undefined }], nextPageToken: '' };
    expect(fromBinary(ListAccountsResponseSchema, writeAnswer(ListAccountsResponseSchema, page)).accounts).toMatchObject([{ accountId: 'a' }]);
  });
});
