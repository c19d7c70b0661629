import { page, type Pages } from './page.js';

/** Keys that are passed over since something of them could not be folded. */
export const parkingPages: Pages = {
  'redrive-busy': page(
    [
      'The view could not be held',
      'A projector is in the middle of a long batch, or the database is away. What was folded before stays; the other keys stay parked.',
      'Send the request again. Where it stays so, look at the database: something holds a lock for long.',
    ],
    [
      '未能锁定视图',
      '投影程序正在处理一批事件，或数据库不可用。已重放的结果保留；其余的键仍被搁置。',
      '请重发请求；若持续如此，请检查数据库中长时间持有的锁。',
    ],
  ),
  'key-not-parked': page(
    [
      'No event of this key waits',
      'The view passes over no event of this key: it was never parked, or was redriven or discarded already.',
      'Take a key from `GET /v1/operations/{service}/parked`. A key of no row is written `-`.',
    ],
    [
      '该键没有被搁置的事件',
      '视图没有跳过该键的任何事件：它从未被搁置，或已被重放或舍弃。',
      '请使用 `GET /v1/operations/{service}/parked` 中列出的键；不属于任何行的键写作 `-`。',
    ],
  ),
};
