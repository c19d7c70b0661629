import { page, type Pages } from './page.js';

/** What every command of every aggregate can meet. */
export const commandPages: Pages = {
  'not-found': page(
    [
      'There is no such thing',
      'Nothing with this id or name exists, or you may not see it.',
      'Check the id. What was just recorded appears as soon as its command is answered.',
    ],
    ['找不到', '没有此编号或名称的对象，或您无权查看。', '请检查编号；命令得到答复后，其结果即可查到。'],
  ),
  'external-ref-taken': page(
    [
      'The external reference is taken',
      'Something with this external reference is recorded already, by a command with another idempotency key. `ids` names it. Nothing was done now.',
      'If it is the same thing, use it. If you meant to repeat your own command, send it with its first key. Otherwise correct the reference.',
    ],
    [
      '外部编号已被使用',
      '已有记录使用了此外部编号（由另一幂等键的命令登记），`ids` 指出其编号，本次未执行。',
      '若为同一对象请直接使用；若要重发，请使用最初的幂等键；否则请更正外部编号。',
    ],
  ),
  'ref-mismatch': page(
    [
      'Id and reference mean different things',
      'The request names a thing by its id and by an external reference, and the two are not the same thing.',
      'Give only one of the two, or correct the wrong one.',
    ],
    ['编号与外部编号不一致', '请求同时给出了编号和外部编号，但两者指向不同的对象。', '请只给出其中一个，或更正错误的一个。'],
  ),
  'version-mismatch': page(
    [
      'It was changed meanwhile',
      '`If-Match` names another version than the one that stands now (`version`). Nothing was done.',
      'Read it again, see what changed, and send the command with the new `ETag` if it is still wanted.',
    ],
    ['数据已被更改', '`If-Match` 中的版本与当前版本（`version`）不同，本次未执行。', '请重新读取并查看变化，若仍需执行，请用新的 `ETag` 发送。'],
  ),
  contended: page(
    [
      'Too many changes to one thing at once',
      'Other commands changed the same thing again and again while this one was decided. Nothing was done.',
      'Try again with the same Idempotency-Key, and send fewer commands for one thing at a time.',
    ],
    ['同一对象同时更改过多', '在判断此命令期间，同一对象被其他命令反复更改，本次未执行。', '请用同一幂等键重试，并减少同时发往同一对象的命令。'],
  ),
  'value-not-storable': page(
    [
      'A value cannot be stored',
      'The database refused a value of this command. Nothing was done; other commands are not affected.',
      'Look for unusual values, such as dates far outside the calendar, and correct them.',
    ],
    ['值无法存储', '数据库拒绝了该命令中的某个值，本次未执行，不影响其他命令。', '请检查异常的值（例如超出历法范围的日期）并更正。'],
  ),
  'filter-invalid': page(
    [
      'A filter cannot have this value',
      'A filter of the query holds a value that its field can never have.',
      'Correct the value: an id is a UUID, a time is RFC 3339 with a zone.',
    ],
    ['筛选值无效', '查询的某个筛选条件含有该字段不可能有的值。', '请更正：编号为 UUID，时间为带时区的 RFC 3339 格式。'],
  ),
};
