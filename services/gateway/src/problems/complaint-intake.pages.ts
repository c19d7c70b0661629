import { page, type Pages } from './page.js';

/** Complaints: listening, assessing and investigating. */
export const complaintIntakePages: Pages = {
  'complaint-not-found': page(
    ['There is no such complaint', 'No complaint has this id, or none was recorded under this external reference.', 'Check the id or the reference.'],
    ['投诉不存在', '没有此编号的投诉，或该外部编号尚未登记投诉。', '请检查编号。'],
  ),
  'complaint-not-open': page(
    [
      'The complaint is over',
      'The complaint is closed, withdrawn or void, so this step is not possible any more.',
      'Reopen a closed complaint if the customer comes back to it.',
    ],
    ['投诉已结束', '投诉已关闭、撤回或作废，不能再执行此步骤。', '若客户再次提出，请重新打开已关闭的投诉。'],
  ),
  'complaint-void': page(
    ['The complaint is void already', 'The complaint was recorded in error and taken back already.', 'Nothing is to be done.'],
    ['投诉已作废', '该投诉因登记错误已作废。', '无需操作。'],
  ),
  'complaint-not-closed': page(
    ['The complaint is not closed', 'Only a closed complaint can be opened again.', 'Go on with the steps in `allowed`.'],
    ['投诉尚未关闭', '只有已关闭的投诉才能重新打开。', '请继续执行 `allowed` 中的步骤。'],
  ),
  'complaint-heard': page(
    ['The customer was heard already', 'That the customer was heard stands in the complaint already.', 'Go on with the steps in `allowed`.'],
    ['已倾听客户', '投诉中已记录倾听客户这一步。', '请继续执行 `allowed` 中的步骤。'],
  ),
  'complaint-not-heard': page(
    [
      'The customer was not heard yet',
      'Nobody assesses a complaint before the customer was heard out.',
      'Hear the customer and record it, then go on.',
    ],
    ['尚未倾听客户', '在听取客户陈述之前不能评估投诉。', '请先倾听客户并记录，然后继续。'],
  ),
  'complaint-acknowledged': page(
    [
      'The complaint is acknowledged already',
      'The customer was told already that the complaint arrived and who handles it.',
      'Go on with the steps in `allowed`.',
    ],
    ['投诉已受理确认', '已告知客户投诉已收到及由谁处理。', '请继续执行 `allowed` 中的步骤。'],
  ),
  'complaint-not-acknowledged': page(
    [
      'The complaint was not acknowledged yet',
      'The customer was not told yet that the complaint arrived and who handles it.',
      'Acknowledge it, then go on.',
    ],
    ['投诉尚未受理确认', '尚未告知客户投诉已收到及由谁处理。', '请先确认受理，然后继续。'],
  ),
  'complaint-assessed': page(
    ['The complaint is assessed already', 'This belongs before the assessment, which was made already.', 'Go on with the steps in `allowed`.'],
    ['投诉已评估', '此步骤应在评估之前，而评估已完成。', '请继续执行 `allowed` 中的步骤。'],
  ),
  'complaint-not-assessed': page(
    [
      'The complaint was not assessed yet',
      'Severity, complexity and urgency are assessed before anything is investigated or judged.',
      'Assess it, then go on.',
    ],
    ['投诉尚未评估', '在调查或裁定之前须先评估其严重性、复杂性和紧迫性。', '请先评估，然后继续。'],
  ),
  'complaint-investigated': page(
    ['The complaint is investigated already', 'The investigation is finished.', 'Go on with the steps in `allowed`.'],
    ['投诉已调查', '调查已经完成。', '请继续执行 `allowed` 中的步骤。'],
  ),
  'complaint-not-investigated': page(
    ['The complaint was not investigated yet', 'No verdict without a finished investigation.', 'Assign and complete the investigation, then judge.'],
    ['投诉尚未调查', '调查完成之前不能裁定。', '请先安排并完成调查，然后裁定。'],
  ),
  'investigation-not-assigned': page(
    ['Nobody was asked to investigate', 'An investigation is completed by whoever it was assigned to.', 'Assign it first.'],
    ['尚未指派调查', '调查须由被指派的人员完成。', '请先指派调查人员。'],
  ),
  'investigator-complained-of': page(
    ['Nobody investigates themselves', 'The complaint is about the person who would investigate it.', 'Assign somebody else.'],
    ['调查人员应回避', '被投诉人不能调查针对自己的投诉。', '请指派其他人员。'],
  ),
  'key-points-missing': page(
    [
      'The main points are missing',
      'What the complaint comes down to was not recorded yet, and the verdict answers just that.',
      'Record the main points, then judge.',
    ],
    ['缺少要点', '尚未记录投诉的要点，而裁定须针对这些要点。', '请先记录要点，然后裁定。'],
  ),
};
