import { page, type Pages } from './page.js';

/** Memberships and points. */
export const loyaltyPages: Pages = {
  'membership-not-found': page(
    [
      'The customer never was a member',
      'No membership was ever begun for this account.',
      'Enrol the customer first, or correct the id or the reference.',
    ],
    ['客户从未入会', '该账户从未办理入会。', '请先办理入会，或更正编号。'],
  ),
  'already-enrolled': page(
    [
      'The customer is a member already',
      'A customer has one membership at a time.',
      'Nothing is to be done. To change the programme, end the membership and enrol anew.',
    ],
    ['客户已是会员', '每位客户同一时间只有一个会员资格。', '无需操作；若要更换计划，请先退会再重新入会。'],
  ),
  'membership-ended': page(
    [
      'The membership ended',
      'The customer left the programme; there is nothing to end.',
      'Nothing is to be done. The customer may be enrolled again.',
    ],
    ['会员资格已终止', '该客户已退会，没有可终止的会员资格。', '无需操作；客户可重新入会。'],
  ),
  'points-account-not-found': page(
    ['The customer has no points yet', 'Nothing was ever earned or spent under this account.', 'Enrol the customer; the next order earns points.'],
    ['客户尚无积分', '该账户从未获得或使用积分。', '请先办理入会，之后的订单即可累积积分。'],
  ),
  'points-insufficient': page(
    [
      'There are not enough points',
      'More points were to be spent than the customer has. `detail` says how many there are; points that have expired do not count.',
      'Spend fewer, or wait until an order has earned more.',
    ],
    ['积分不足', '要使用的积分多于客户现有的积分，`detail` 说明现有数量；已过期的积分不计入。', '请减少使用的积分，或等新订单累积后再用。'],
  ),
  'redemption-not-found': page(
    [
      'There is no such redemption',
      'No redemption of this customer has this number, or it is void already, or all the points that it spent have expired meanwhile.',
      'Look at the customer’s redemptions and their numbers. There is nothing that could return if the points have expired.',
    ],
    [
      '兑换记录不存在',
      '该客户没有此序号的兑换，或该兑换已作废，或其所用积分均已过期。',
      '请核对客户的兑换记录及序号；若积分已过期，则没有可退回的积分。',
    ],
  ),
  'lot-not-due': page(
    [
      'The points have not expired yet',
      'A timer of the service was early by the clock of this process. It asks again by itself.',
      'Nothing is to be done. If it lasts, compare the clocks of the service and of its database.',
    ],
    ['积分尚未到期', '服务的定时器相对本进程的时钟略早，会自动重试。', '无需操作；若持续出现，请比对服务与数据库的时钟。'],
  ),
};
