import { page, type Pages } from './page.js';

/** Interactions. */
export const interactionsPages: Pages = {
  'interaction-not-found': page(
    [
      'There is no such interaction',
      'No interaction has this id, or none was recorded under this external reference.',
      'Correct the id or the reference.',
    ],
    ['互动记录不存在', '没有此编号的互动，或该外部编号尚未登记互动。', '请更正编号。'],
  ),
  'interaction-unchanged': page(
    [
      'There is nothing to correct',
      'Everything that was given is recorded so already. It may have been corrected before.',
      'Read the interaction. Give only what is wrong, with its right value.',
    ],
    ['无可更正', '所给内容与现有记录一致，可能此前已更正。', '请查看该互动记录，只提供有误之处及其正确值。'],
  ),
  'interaction-voided': page(
    [
      'The interaction is void',
      'It was recorded in error and taken back, so it can be neither corrected nor made void again.',
      'If it did happen, record it anew; the same external reference may be used again.',
    ],
    ['互动已作废', '该互动系误登并已作废，不能再更正或作废。', '若互动确实发生，请重新登记，可使用原外部编号。'],
  ),
};
