import { OrderEvent } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { Membership, MembershipEvent } from '@guanxi/contracts/guanxi/loyalty/v1/membership';
import { view } from '@guanxi/event-sourcing/view';

/** Memberships, ended ones too. Orders change none; they are named so that a policy sees whether their customer was a member when they were heard of. */
export const membershipView = view(Membership, {
  version: 1,
  table: 'memberships',
  key: 'accountId',
  filters: ['status', 'programme', 'enrolledAt', 'createdAt'],
})
  .of(
    MembershipEvent,
    {
      memberEnrolled: (row, { accountId, programme }, { version, at }) => ({
        accountId,
        programme,
        status: 'ACTIVE',
        enrolledAt: at,
        version,
        createdAt: row?.createdAt ?? at,
        updatedAt: at,
      }),
      memberLeft: (row, { reason }, { version, at }) => row && { ...row, status: 'LEFT', leftAt: at, leftReason: reason, version, updatedAt: at },
    },
    ({ accountId }) => accountId,
  )
  .on(OrderEvent, {});
