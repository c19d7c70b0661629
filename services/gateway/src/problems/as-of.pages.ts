import { page, type Pages } from './page.js';

/** Readings as of an earlier moment, and the history of one customer. */
export const asOfPages: Pages = {
  'as-of-invalid': page(
    [
      'That names no moment',
      '`asOf` takes a time with its zone (RFC 3339), `asOfPosition` a position in the history of the one service that answers; not both.',
      'Write `asOf=2026-03-01T08:00:00Z`, or `asOfPosition=1200`. In a URL a plus sign is written %2B.',
    ],
    [
      '无法识别的时刻',
      '`asOf` 须为带时区的时间（RFC 3339），`asOfPosition` 须为应答服务历史记录中的位置；两者不可并用。',
      '请写作 `asOf=2026-03-01T08:00:00Z` 或 `asOfPosition=1200`；网址中的加号须写作 %2B。',
    ],
  ),
  'as-of-in-the-future': page(
    [
      'That moment has not come yet',
      '`asOf` lies after the present time of the service’s database.',
      'Ask without `asOf` for what is known now. Where your clock is ahead, take a time a little earlier.',
    ],
    ['该时刻尚未到来', '`asOf` 晚于服务数据库的当前时间。', '如需当前状态，请不带 `asOf` 查询；若您的时钟偏快，请使用稍早的时间。'],
  ),
  'as-of-preparing': page(
    [
      'The history is being folded up to that moment',
      'The answer is folded from all events up to the moment, and that takes longer than one request waits. It goes on meanwhile.',
      'Send the same request again after `Retry-After`, until it is answered; the result is kept for two minutes.',
    ],
    [
      '正在还原该时刻的数据',
      '答复需由该时刻之前的全部事件计算得出，所需时间超过单次请求的等待时间；计算仍在继续。',
      '请在 `Retry-After` 之后重发同一请求，直至得到答复；结果保留两分钟。',
    ],
  ),
  'as-of-unfoldable': page(
    [
      'Something before that moment cannot be folded',
      'One of the events up to the moment does not tell whose row it belongs to, so no row can be shown as it was. The live view has stopped there, too.',
      'Tell the operator: the view’s part in /health/ready names the event. Moments before that event can be read.',
    ],
    [
      '该时刻之前有无法处理的事件',
      '该时刻之前的某个事件无法确定属于哪条记录，因此无法还原任何记录；当前视图也停在该处。',
      '请通知运维人员：/health/ready 中该视图的部分会指出事件。该事件之前的时刻仍可查询。',
    ],
  ),
  'as-of-too-long': page(
    [
      'The history is too long for this reading',
      'Looking for one customer’s events among all events, or a step of the fold, took more than 30 seconds.',
      'Try again when the database is less busy. Where it stays so, read the customer’s history, which has an index: `/v1/customers/{account_id}/history`.',
    ],
    [
      '历史记录过长，无法完成此查询',
      '在全部事件中查找该客户的事件，或计算中的某一步，耗时超过 30 秒。',
      '请在数据库较空闲时重试；若仍如此，请查询客户历史 `/v1/customers/{account_id}/history`，该查询有索引支持。',
    ],
  ),
  'as-of-busy': page(
    [
      'Too many earlier moments at once',
      'Each earlier moment that is being read takes memory and a connection, so a service keeps only a few at a time.',
      'Try again a little later, and read what you need of one moment before you go on to another.',
    ],
    [
      '同时查询的历史时刻过多',
      '每个正在查询的历史时刻都占用内存和一个连接，服务只同时保留少数几个。',
      '请稍后重试；请先读完一个时刻所需的数据，再查询下一个。',
    ],
  ),
};
