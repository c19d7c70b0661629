import { page, type Pages } from './page.js';

/** Accounts and orders. */
export const accountsPages: Pages = {
  'account-not-found': page(
    [
      'There is no such account',
      'No account has this id, or none was registered under this external reference.',
      'Register the account first, or correct the id or the reference.',
    ],
    ['客户账户不存在', '没有此编号的账户，或该外部编号尚未登记账户。', '请先登记账户，或更正编号。'],
  ),
  'possible-duplicate': page(
    [
      'There may be a duplicate',
      'A warning, not a refusal: another account has the same name once case, spaces and punctuation are left aside. `ids` names it.',
      'Compare the two. If they are one customer, go on with one of them.',
    ],
    [
      '可能重复',
      '这是提醒而非拒绝：忽略大小写、空格和标点后，另有账户名称相同，`ids` 指出其编号。',
      '请比较两者；若为同一客户，请只使用其中一个账户。',
    ],
  ),
  'too-many-tags': page(
    [
      'Too many tags',
      'The account would have more tags than an account may have.',
      'Take away tags that nobody uses, or use a field that fits better.',
    ],
    ['标签过多', '添加后账户的标签数量将超过上限。', '请先移除不再使用的标签，或改用更合适的字段。'],
  ),
  'lifecycle-unchanged': page(
    [
      'The account is in this state already',
      'The lifecycle state that the command asks for is the one that the account has.',
      'Nothing is to be done. If another state was meant, name that one.',
    ],
    ['账户已处于该状态', '命令要求的生命周期状态与账户当前状态相同。', '无需操作；若想改为其他状态，请指定该状态。'],
  ),
  'order-not-found': page(
    [
      'There is no such order',
      'No order has this id, or none was recorded under this external reference.',
      'Record the order first, or correct the id or the reference.',
    ],
    ['订单不存在', '没有此编号的订单，或该外部编号尚未登记订单。', '请先登记订单，或更正编号。'],
  ),
  'order-voided': page(
    [
      'The order is void',
      'The order was recorded in error and taken back. Nothing can be returned from it.',
      'Record it anew under the same reference if it was right after all.',
    ],
    ['订单已作废', '该订单因登记错误已作废，不能再退货。', '若订单其实无误，请用同一外部编号重新登记。'],
  ),
  'amount-too-large': page(
    [
      'The order is worth too much',
      'Lines and adjustments together exceed what one order may be worth.',
      'Check that amounts are in minor units (1250 for 12.50). Split the order if they are.',
    ],
    ['订单金额过大', '各行与调整合计超过单个订单的金额上限。', '请确认金额以最小货币单位填写（12.50 写作 1250）；若无误请拆分订单。'],
  ),
  'return-exceeds-order': page(
    [
      'More would come back than was bought',
      'Of one product, a greater quantity or amount would be returned than is left of the order.',
      'Compare with the returns that the order shows. Void one of them if it was recorded in error.',
    ],
    ['退货超过所购', '某产品的退货数量或金额超过订单剩余部分。', '请对照订单上已有的退货；若其中有误登，请先作废该退货。'],
  ),
  'return-not-found': page(
    [
      'The order has no such return',
      'No return of this order has this number, or it is void already.',
      'Read the order: it lists its returns by number.',
    ],
    ['退货记录不存在', '该订单没有此序号的退货，或该退货已作废。', '请查看订单，其中按序号列出退货。'],
  ),
};
