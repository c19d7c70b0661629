import { page, type Pages } from './page.js';

/** Opt-outs, consents and data subjects. */
export const privacyPages: Pages = {
  'opt-outs-not-found': page(
    [
      'There are no opt-outs',
      'The customer never set an opt-out, so none can be changed by this.',
      'Set the opt-out first, or correct the id or the reference.',
    ],
    ['没有拒绝记录', '该客户从未设置拒绝权，无可更改。', '请先设置拒绝权，或更正编号。'],
  ),
  'opt-out-subject-only': page(
    [
      'Only the customer clears an opt-out',
      'The customer refused this use of their data. Whoever sells to them or advertises may note a refusal, but not end one.',
      'Let the customer say it themselves, or a privacy officer or the service staff who heard it from them.',
    ],
    [
      '只有客户本人可以撤回拒绝',
      '客户已拒绝此项使用。销售或营销人员可以登记拒绝，但不能撤回。',
      '请由客户本人、隐私负责人或受理该意愿的客服人员操作。',
    ],
  ),
  'channel-missing': page(
    [
      'How did the wish come?',
      'An opt-out was to be cleared on the customer’s word, but not by which way their word came.',
      'State `channel`: by telephone, by letter, face to face.',
    ],
    ['缺少渠道', '根据客户意愿撤回拒绝时，未说明该意愿来自何种渠道。', '请填写 `channel`，例如电话、信函或当面。'],
  ),
  'consent-card-not-found': page(
    [
      'The customer has no consents',
      'Nobody recorded a consent of this customer yet.',
      'Grant the consent first, or correct the id or the reference.',
    ],
    ['客户没有同意记录', '尚未登记过该客户的任何同意。', '请先登记同意，或更正编号。'],
  ),
  'consent-not-found': page(
    [
      'There is no such consent',
      'The customer never agreed to this purpose, or not for this recipient.',
      'Look at the consents of the customer, and name the purpose as it stands there.',
    ],
    ['同意不存在', '客户从未同意该用途，或未同意提供给该接收方。', '请查看客户的同意列表，并按其中的用途名称填写。'],
  ),
  'consent-bundled': page(
    [
      'A separate consent stands alone',
      'The same form or recording shows another consent already. A separate consent (sensitive data, another recipient, another country) is given alone.',
      'Ask the customer for this one by itself, and send the hash of what shows it.',
    ],
    [
      '单独同意不得捆绑',
      '同一份表单或录音已用于证明另一项同意。单独同意（敏感信息、其他接收方、出境）必须单独作出。',
      '请就此项单独征得客户同意，并提交其凭据的哈希值。',
    ],
  ),
  'separate-consent-needed': page(
    [
      'Another recipient needs a separate consent',
      'A general consent does not cover giving the data to another organisation.',
      'Ask the customer for a separate consent, and record it with kind SEPARATE.',
    ],
    ['向他人提供需要单独同意', '一般同意不包括向其他组织提供个人信息。', '请征得客户的单独同意，并以 SEPARATE 登记。'],
  ),
  'consent-superseded': page(
    [
      'The customer has spoken since',
      'This consent is stated to be older than the last time that the customer gave it or took it back. What they said last counts.',
      'Check `grantedAt`. If the customer agrees again now, record that.',
    ],
    ['客户此后另有表示', '所述同意的时间早于客户最近一次同意或撤回，以最近一次为准。', '请核对 `grantedAt`；若客户现在再次同意，请登记这次同意。'],
  ),
  'granted-in-the-future': page(
    ['The consent is dated ahead', '`grantedAt` lies after the time of recording.', 'State when the customer gave it, or leave it out for now.'],
    ['同意时间在将来', '`grantedAt` 晚于登记时间。', '请填写客户实际同意的时间，或留空表示现在。'],
  ),
  'expired-already': page(
    ['The consent is over already', '`expiresAt` does not lie after the time of recording.', 'State an end that is still to come, or none.'],
    ['同意已经到期', '`expiresAt` 不晚于登记时间。', '请填写尚未到来的到期时间，或不填。'],
  ),
  'too-many-consents': page(
    ['Too many consents', 'The customer would have more consents than a customer may have, ended ones included.', 'Use fewer and broader purposes.'],
    ['同意数量过多', '该客户的同意（含已结束的）将超过上限。', '请使用更少、更概括的用途。'],
  ),
  'data-subject-not-found': page(
    [
      'There is no such data subject',
      'No account with this id was heard of here.',
      'Register the account; its data subject is opened within seconds. Else correct the id.',
    ],
    ['个人信息主体不存在', '此处尚未得知该编号的账户。', '请登记该账户，其个人信息主体会在数秒内建立；否则请更正编号。'],
  ),
};
