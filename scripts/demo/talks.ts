/** One kind of contact with a customer, in both languages. */
export interface Talk {
  readonly type: string;
  readonly channel: string;
  readonly direction: string;
  /** How long it takes, in seconds. */
  readonly seconds: readonly [least: number, most: number];
  readonly outcome: string;
  readonly zh: string;
  readonly en: string;
}

type Row = [type: string, channel: string, direction: string, least: number, most: number, outcome: string, zh: string, en: string];

const rows: readonly Row[] = [
  ['CALL', 'PHONE', 'INBOUND', 60, 600, 'ANSWERED', '询问新茶何时到货，已告知四月上旬。', 'Asked when the spring tea arrives; told early April.'],
  ['CALL', 'PHONE', 'INBOUND', 30, 300, 'ANSWERED', '询问发货进度，已查到物流单号并告知。', 'Asked where the parcel is; gave the tracking number.'],
  [
    'CALL',
    'PHONE',
    'INBOUND',
    90,
    480,
    'PROMISED',
    '希望更改收货地址，答应当天修改。',
    'Wants another delivery address; promised to change it today.',
  ],
  ['CALL', 'PHONE', 'OUTBOUND', 60, 420, 'ANSWERED', '回访，客户对上次的龙井很满意。', 'Follow-up: very content with the last Longjing.'],
  ['CALL', 'PHONE', 'OUTBOUND', 10, 40, 'NO_ANSWER', '回访未接通，改日再联系。', 'Follow-up, nobody answered; to be tried again.'],
  ['MESSAGE', 'CHAT', 'INBOUND', 60, 900, 'ANSWERED', '咨询紫砂壶如何开壶，已发送说明。', 'Asked how to season a clay pot; sent the leaflet.'],
  [
    'MESSAGE',
    'EMAIL',
    'INBOUND',
    0,
    0,
    'ANSWERED',
    '来信询问大客户折扣，已附报价单回复。',
    'Asked for a volume discount; answered with a price list.',
  ],
  ['MESSAGE', 'EMAIL', 'OUTBOUND', 0, 0, 'SENT', '寄送中秋礼盒目录。', 'Sent the Mid-Autumn catalogue.'],
  ['MESSAGE', 'SMS', 'OUTBOUND', 0, 0, 'SENT', '短信通知：订单已发出。', 'Text message: the order is on its way.'],
  [
    'MESSAGE',
    'WEB',
    'INBOUND',
    0,
    0,
    'FORWARDED',
    '官网留言，想参观茶山，已转给销售。',
    'Left a note on the website, wants to see the gardens; forwarded to sales.',
  ],
  [
    'VISIT',
    'FACE_TO_FACE',
    'OUTBOUND',
    1800,
    7200,
    'GOOD',
    '上门拜访，品鉴了三款岩茶，意向采购大红袍。',
    'Visited; tasted three rock oolongs, likely to buy Da Hong Pao.',
  ],
  ['VISIT', 'FACE_TO_FACE', 'INBOUND', 1200, 5400, 'GOOD', '到店品茶，详细了解了普洱的存放方法。', "Came to the shop and learnt how to store pu'er."],
  [
    'MEETING',
    'FACE_TO_FACE',
    'OUTBOUND',
    2400,
    7200,
    'AGREED',
    '商定明年的采购计划，下周发会议纪要。',
    'Agreed on the plan for next year; minutes follow next week.',
  ],
  ['EVENT', 'FACE_TO_FACE', 'OUTBOUND', 5400, 10800, 'ATTENDED', '参加茶友会春季品鉴。', 'Took part in the spring tasting.'],
  ['GIFT', 'LETTER', 'OUTBOUND', 0, 0, 'SENT', '寄出手写贺卡和小样一份。', 'Sent a handwritten card and a sample.'],
  [
    'NEGOTIATION',
    'FACE_TO_FACE',
    'OUTBOUND',
    1800,
    5400,
    'OPEN',
    '谈价格，对方希望账期延长到六十天。',
    'Talked about prices; they ask for sixty days to pay.',
  ],
  [
    'CLOSING',
    'PHONE',
    'OUTBOUND',
    300,
    900,
    'AGREED',
    '确认首单数量和交货日期。',
    'Confirmed the quantity and the delivery date of the first order.',
  ],
  ['OBJECTION', 'PHONE', 'INBOUND', 120, 900, 'ANSWERED', '觉得价格偏高，已说明等级与产地差别。', 'Finds it too dear; explained grades and gardens.'],
  ['GENERAL', 'OTHER', 'OUTBOUND', 0, 0, 'DONE', '更新了客户的开票资料。', 'Brought the invoice details up to date.'],
];

/** All kinds of contacts. */
export const talks: readonly Talk[] = rows.map(([type, channel, direction, least, most, outcome, zh, en]) => ({
  ...{ type, channel, direction, outcome, zh, en },
  seconds: [least, most],
}));
