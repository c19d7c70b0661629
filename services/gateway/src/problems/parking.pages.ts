import { page, type Pages } from './page.js';

/** Keys that are passed over since something of them could not be folded. */
export const parkingPages: Pages = {
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
