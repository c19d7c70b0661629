import { page, type Pages } from './page.js';

/** History that is sent to its topic once more. */
export const republishPages: Pages = {
  'republish-running': page(
    [
      'History is being sent again already',
      'A service sends one stretch of its history again at a time, and one is under way.',
      'Look how far it is with `GET /v1/history/{service}/republish`; wait for its end, or end it with `POST …/republish:stop`.',
    ],
    [
      '正在重新发布历史记录',
      '每个服务一次只重新发布一段历史记录，目前已有一段正在进行。',
      '请用 `GET /v1/history/{service}/republish` 查看进度；等待其结束，或用 `POST …/republish:stop` 停止。',
    ],
  ),
  'republish-unknown': page(
    [
      'Nothing was sent again',
      'Nobody ever asked this service to send its history again, so there is nothing to tell.',
      'Begin with `POST /v1/history/{service}/republish`, if a topic has lost what was sent to it.',
    ],
    ['从未重新发布', '从未有人要求该服务重新发布历史记录。', '若主题丢失了已发布的内容，请用 `POST /v1/history/{service}/republish` 开始。'],
  ),
  'range-backwards': page(
    [
      'The range runs backwards',
      'Its first position is above its last one.',
      'Put the smaller position first; leave `to` out for all that was ever sent.',
    ],
    ['范围颠倒', '起始位置大于结束位置。', '请先写较小的位置；省略 `to` 表示全部已发布的内容。'],
  ),
};
