import { page, type Pages } from './page.js';

/** People at, or behind, accounts. */
export const contactsPages: Pages = {
  'contact-not-found': page(
    ['There is no such contact', 'No contact has this id, or none was added under this external reference.', 'Correct the id, or add the contact.'],
    ['联系人不存在', '没有此编号的联系人，或该外部编号尚未添加联系人。', '请更正编号，或先添加联系人。'],
  ),
  'contact-voided': page(
    [
      'The contact is void',
      'It was recorded in error and was taken back, so nothing more can be done to it.',
      'Add the contact anew, where the person is real.',
    ],
    ['联系人已作废', '该联系人系误录并已作废，不能再操作。', '若确有其人，请重新添加。'],
  ),
  'contact-not-linked': page(
    [
      'The contact does not belong to this account',
      'The person was never linked to the account that is named.',
      'Name the right account, or link the contact first.',
    ],
    ['联系人不属于该客户', '此联系人从未关联到所指的客户。', '请更正客户，或先关联联系人。'],
  ),
  'contact-last-link': page(
    [
      'It is the contact’s only account',
      'Without an account nobody would find the contact again.',
      'Void the contact where it was recorded in error; where the person left, mark them as departed.',
    ],
    ['这是联系人唯一的客户', '若取消关联，将无人能再找到该联系人。', '若系误录请作废联系人；若已离职请标记离职。'],
  ),
  'contact-departed': page(
    [
      'The contact has left already',
      'The person is marked as departed from this account.',
      'Nothing is left to do; link the contact again where they came back.',
    ],
    ['联系人已离职', '此联系人在该客户处已标记离职。', '无需再操作；若其返回，请重新关联。'],
  ),
  'contact-change-unclear': page(
    ['The change is unclear', 'A field is given a new value and emptied in the same request.', 'Send the field, or name it in `clear`, not both.'],
    ['修改意图不明', '同一请求中既给出新值又要求清空同一字段。', '请只提供新值，或只在 `clear` 中列出该字段。'],
  ),
  'no-active-contact': page(
    [
      'Nobody is known there any more',
      'A warning, not a refusal: the last contact of the account left. `ids` names the account.',
      'Find out who follows, and add them.',
    ],
    ['该客户已无在职联系人', '这是提醒而非拒绝：该客户的最后一位联系人已离职，`ids` 指出客户编号。', '请了解接任者并添加为联系人。'],
  ),
  'too-many-accounts': page(
    ['Too many accounts', 'The contact would belong to more accounts than a contact may.', 'Take away links that were recorded in error.'],
    ['关联客户过多', '联系人关联的客户数超过上限。', '请取消误录的关联。'],
  ),
  'too-many-dates': page(
    ['Too many dates', 'The contact would have more important dates than a contact may have.', 'Take away dates that nobody needs.'],
    ['重要日期过多', '联系人的重要日期数超过上限。', '请删除不再需要的日期。'],
  ),
  'date-impossible': page(
    [
      'There is no such day',
      'The month has fewer days in this calendar, or the year is no leap year.',
      'Correct the day, or state the calendar: GREGORIAN or LUNAR.',
    ],
    ['日期不存在', '该历法中此月没有这一天，或该年不是闰年。', '请更正日期，或注明历法：GREGORIAN（公历）或 LUNAR（农历）。'],
  ),
  'date-not-found': page(
    [
      'There is no such date',
      'The contact has no important date of this number, or it was taken away.',
      'Look at the contact, and name one of its dates by number.',
    ],
    ['重要日期不存在', '联系人没有此序号的重要日期，或已被删除。', '请查看联系人，并用其日期序号指定。'],
  ),
};
