import { page, type Pages } from './page.js';

/** Complaints: verdict, remedy and follow-up. */
export const complaintVerdictPages: Pages = {
  'complaint-judged': page(
    ['The complaint is judged already', 'This belongs before the verdict, which was given already.', 'Go on with the steps in `allowed`.'],
    ['投诉已裁定', '此步骤应在裁定之前，而裁定已作出。', '请继续执行 `allowed` 中的步骤。'],
  ),
  'complaint-not-judged': page(
    ['The complaint was not judged yet', 'No remedy and no decision before the verdict.', 'Judge the complaint, then go on.'],
    ['投诉尚未裁定', '裁定之前不能提出补救或告知决定。', '请先裁定，然后继续。'],
  ),
  'cause-missing': page(
    ['The cause is missing', 'By the time of the verdict the cause of the complaint must be known.', 'Name the cause in the verdict.'],
    ['缺少原因', '裁定时必须已知投诉原因。', '请在裁定中注明原因。'],
  ),
  'alternatives-missing': page(
    [
      'The customer must be told what else they can do',
      'Where a complaint does not stand, the decision names the other ways that are open to the customer.',
      'Give at least one alternative: a body to turn to, another offer.',
    ],
    ['须告知其他途径', '投诉不成立时，须告知客户仍可采取的其他途径。', '请至少给出一项，例如可求助的机构或其他方案。'],
  ),
  'complaint-unfounded': page(
    [
      'The complaint does not stand',
      'There is no remedy for a complaint that was found not to stand.',
      'Communicate the decision and the alternatives instead.',
    ],
    ['投诉不成立', '被认定不成立的投诉没有补救措施。', '请改为告知决定及其他途径。'],
  ),
  'complaint-founded': page(
    ['The complaint stands', 'A complaint that stands, wholly or in part, is answered by a remedy.', 'Propose a remedy.'],
    ['投诉成立', '全部或部分成立的投诉应以补救措施答复。', '请提出补救措施。'],
  ),
  'decision-communicated': page(
    ['The decision was communicated already', 'The customer was told the decision already.', 'Go on with the steps in `allowed`.'],
    ['决定已告知', '已将决定告知客户。', '请继续执行 `allowed` 中的步骤。'],
  ),
  'remedy-proposed': page(
    [
      'A remedy is proposed or accepted already',
      'Another remedy can be proposed only after the customer turned this one down.',
      'Record the customer’s answer first.',
    ],
    ['已提出或已接受补救', '只有在客户拒绝当前补救后，才能提出新的补救。', '请先记录客户的答复。'],
  ),
  'remedy-not-proposed': page(
    [
      'No remedy waits for an answer',
      'The customer can accept or turn down only a remedy that was proposed and not answered yet.',
      'Propose a remedy first.',
    ],
    ['没有待答复的补救', '客户只能接受或拒绝已提出且尚未答复的补救。', '请先提出补救措施。'],
  ),
  'remedy-not-accepted': page(
    [
      'No accepted remedy waits to be carried out',
      'A remedy is carried out once, after the customer accepted it.',
      'Get the customer’s answer first.',
    ],
    ['没有待执行的补救', '补救须在客户接受后执行，且只执行一次。', '请先取得客户的答复。'],
  ),
  'follow-up-too-early': page(
    ['It is too early to follow up', 'No remedy was carried out and no decision communicated yet.', 'Finish that first.'],
    ['跟进过早', '尚未执行补救，也未告知决定。', '请先完成上述步骤。'],
  ),
  'complaint-not-followed-up': page(
    [
      'The customer was not followed up yet',
      'A complaint is closed after the customer was asked how the remedy worked, or told that the complaint does not stand.',
      'Follow up, then close.',
    ],
    ['尚未跟进客户', '须在询问客户补救效果，或告知投诉不成立之后，才能关闭投诉。', '请先跟进，再关闭。'],
  ),
};
