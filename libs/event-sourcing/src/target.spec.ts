import { describe, expect, it } from '@jest/globals';
import { refId } from './ids.js';
import { namedStream, targetOf } from './target.js';

const namespace = '0f4b2c1a-9d3e-5f6a-8b7c-1d2e3f4a5b6c';
const id = '6c1f0000-0000-5000-8000-00000000000a';
const ref = { system: 'cdnow', id: '1' };
const orderOf = (it: object) => refId(namespace, 'order', it as typeof ref);

describe('the stream of a command', () => {
  it.each<[string, object, string | undefined]>([
    ['its own id, before all else', { orderId: id, externalRef: ref }, id],
    ['its id in any case', { orderId: id.toUpperCase() }, id],
    ['its reference', { orderRef: ref, externalRef: { system: 'x', id: 'return 7' } }, orderOf(ref)],
    ['the reference being given to it', { orderId: '', externalRef: ref }, orderOf(ref)],
    ['both, where they agree', { orderId: orderOf(ref), orderRef: ref }, orderOf(ref)],
    ['none', { orderId: '', accountId: id }, undefined],
  ])('is named by %s', (_, command, stream) => expect(namedStream(namespace, 'order', command as Record<string, unknown>)).toBe(stream));

  it('is a new one where none is named', () => {
    const { id: made, fresh, command } = targetOf(namespace, { stream: 'order' }, { accountRef: ref });
    expect(made).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(fresh).toBe(true);
    expect(command).toEqual({ accountRef: ref, orderId: made, accountId: refId(namespace, 'account', ref) });
  });

  it('of an account is the account', () => {
    const account = refId(namespace, 'account', ref);
    expect(targetOf(namespace, { stream: 'account' }, { externalRef: ref })).toEqual({
      id: account,
      fresh: false,
      command: { externalRef: ref, accountId: account },
    });
  });

  it('is the only one for its key, where the aggregate has one for each: by reference or by id, in any case', () => {
    const membership = { stream: 'membership', keyedBy: ['accountId', 'programme'] };
    const account = refId(namespace, 'account', ref);
    const [byRef, byId, other] = [{ accountRef: ref }, { accountId: account.toUpperCase() }, { accountId: id }].map((it) =>
      targetOf(namespace, membership, { ...it, programme: 'club' }),
    );
    expect(byRef?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5/);
    expect(byRef).toMatchObject({ fresh: false, command: { accountId: account, membershipId: byRef?.id } });
    expect(byId?.id).toBe(byRef?.id);
    expect(other?.id).not.toBe(byRef?.id);
    expect(() => targetOf(namespace, membership, { accountId: id })).toThrow('lacks one of');
  });

  it('is refused where its id and its reference mean different things, or its id is none', () => {
    expect(() => namedStream(namespace, 'order', { orderId: id, orderRef: ref })).toThrow('mean different things');
    expect(() => targetOf(namespace, { stream: 'order' }, { orderId: id, accountId: id, accountRef: ref })).toThrow('mean different things');
    expect(() => namedStream(namespace, 'order', { orderId: 'seven' })).toThrow('must be a UUID');
  });
});
