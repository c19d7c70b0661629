import { page, type Pages } from './page.js';

/** Checkpoints and proofs of a service's history. */
export const historyPages: Pages = {
  'stream-not-found': page(
    [
      'Nothing was recorded under this id',
      'The service has no stream of this id. A stream belongs to one service: an order to accounts, a complaint to complaints.',
      'Check the id and the service; the history of a customer names both for each event.',
    ],
    [
      '该编号下没有任何记录',
      '该服务没有此编号的记录。每个对象只属于一个服务：订单属于 accounts，投诉属于 complaints。',
      '请核对编号和服务；客户历史中每个事件都注明了两者。',
    ],
  ),
  'position-beyond-the-end': page(
    [
      'The history does not reach that far',
      'The request names a position or a size above the last position of the history.',
      'Use a position that the history has; the detail says where it ends. After a restore it may end earlier than before.',
    ],
    ['超出历史记录末尾', '请求中的位置或大小超过历史记录的最后位置。', '请使用历史记录中存在的位置；说明中给出其末尾。恢复备份后末尾可能提前。'],
  ),
  'checkpoint-unknown': page(
    [
      'There is no checkpoint of this size',
      'A proof leads to a checkpoint that was signed, and none of this size was; or nothing was signed yet.',
      'Take a size from `/v1/history/{service}/checkpoints`, or leave it out for the newest one.',
    ],
    [
      '没有该大小的检查点',
      '证明须指向已签署的检查点，而该大小的检查点不存在，或尚未签署任何检查点。',
      '请从 `/v1/history/{service}/checkpoints` 选取大小，或省略以使用最新检查点。',
    ],
  ),
  'sizes-out-of-order': page(
    [
      'The sizes are in the wrong order',
      'A history cannot begin with a longer one, nor hold an event that came after its end.',
      'Put the smaller size first; for an event name a checkpoint whose size is its position or more.',
    ],
    ['大小顺序有误', '历史记录不能以更长的历史记录开头，也不包含其末尾之后的事件。', '请先写较小的值；证明事件时，检查点的大小须不小于其位置。'],
  ),
  'size-unreadable': page(
    [
      'That names no checkpoint',
      'A checkpoint is named by its size, a whole number from 1, or by `latest`.',
      'Write the size in digits, or `latest`.',
    ],
    ['无法识别的检查点', '检查点以其大小（从 1 起的整数）或 `latest` 命名。', '请以数字书写大小，或使用 `latest`。'],
  ),
  'notary-refuses': page(
    [
      'The notary signs nothing now',
      'The service has no keys to sign with, has not yet compared its history with what was published, or found that it is shorter or another.',
      'Look at the part `notary` in /health/ready: its reason says which. After a restore, begin a new epoch.',
    ],
    [
      '公证程序目前不签署',
      '服务没有签名密钥，或尚未与已发布的检查点比对，或发现历史记录变短或不同。',
      '请查看 /health/ready 中的 `notary` 部分及其原因；恢复备份后请开始新纪元。',
    ],
  ),
};
