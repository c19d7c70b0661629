import { describe, expect, it } from '@jest/globals';
import { MembershipEvent } from '@guanxi/contracts/guanxi/loyalty/v1/membership';
import type { OneOf } from '@guanxi/contracts/of';
import { story } from '@guanxi/event-sourcing/story';
import { membershipView } from './membership.view.js';
import { accountId } from './testing/story.js';

const stream = '00000000-0000-7000-8000-0000000000ff';
const enrolled = { memberEnrolled: { accountId, programme: 'default' } };
const left = { memberLeft: { accountId, programme: 'default', reason: '搬走了' } };
const told = (...events: OneOf<MembershipEvent>[]) =>
  events.reduce((it, event) => it.tell(MembershipEvent, stream, event), story(membershipView)).row(accountId);
const begun = { accountId, programme: 'default', createdAt: '2026-11-22T09:00:00.000Z' };

describe('a membership', () => {
  it('is active once the customer is enrolled', () =>
    expect(told(enrolled)).toEqual({ ...begun, status: 'ACTIVE', enrolledAt: begun.createdAt, version: 1, updatedAt: begun.createdAt }));
  it('says when and why it ended', () =>
    expect(told(enrolled, left)).toEqual({
      ...begun,
      status: 'LEFT',
      enrolledAt: begun.createdAt,
      leftAt: '2026-11-22T10:00:00.000Z',
      leftReason: '搬走了',
      version: 2,
      updatedAt: '2026-11-22T10:00:00.000Z',
    }));
  it('is as new when it begins anew, but for when it first began', () =>
    expect(told(enrolled, left, { memberEnrolled: { accountId, programme: 'gold-club' } })).toEqual({
      ...begun,
      programme: 'gold-club',
      status: 'ACTIVE',
      enrolledAt: '2026-11-22T11:00:00.000Z',
      version: 3,
      updatedAt: '2026-11-22T11:00:00.000Z',
    }));
});
