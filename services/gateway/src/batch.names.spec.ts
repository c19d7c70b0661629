import { describe, expect, it } from '@jest/globals';
import { contracts } from '@guanxi/contracts/services';
import { refId } from '@guanxi/event-sourcing/ids';
import { namesOf } from './batch.names.js';

const namespace = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';
const id = '01890A5D-AC96-774B-BCCE-B302099A8057';
const ref = { system: 'cdnow', id: '7' };
const account = refId(namespace, 'account', ref);
const order = refId(namespace, 'order', ref);

const names = (command: string, request: Record<string, unknown>) => {
  const found = contracts.commands.get(command);
  if (!found) throw new Error(`no ${command}`);
  return namesOf(found, request, namespace);
};

describe('what a batch line names', () => {
  it('is one account, by id, by reference, or by the reference being registered', () => {
    expect(names('guanxi.accounts.v1.TagAccount', { accountId: id })).toEqual([id.toLowerCase()]);
    expect(names('guanxi.accounts.v1.RegisterAccount', { externalRef: ref })).toEqual([account]);
    expect(names('guanxi.complaints.v1.LodgeComplaint', { accountRef: ref })).toEqual([account]);
    expect(names('guanxi.accounts.v1.RecordOrder', { accountRef: ref, externalRef: { system: 'cdnow', id: '9' } })).toContain(account);
  });
  it('is also the thing itself, so that a return follows its order', () => {
    expect(names('guanxi.accounts.v1.RecordOrder', { externalRef: ref })).toEqual([order]);
    expect(names('guanxi.accounts.v1.ReturnOrder', { orderRef: ref, externalRef: { system: 'cdnow', id: 'return-1' } })).toEqual([order]);
    expect(names('guanxi.accounts.v1.VoidOrder', { orderId: order })).toEqual([order]);
  });
  it('is nothing where a complaint is anonymous and new', () => {
    expect(names('guanxi.complaints.v1.LodgeComplaint', {})).toEqual([]);
  });
});
