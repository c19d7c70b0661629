/** What a customer may complain of, and how it is handled; texts in Chinese and English. */
export interface Grievance {
  readonly category: string;
  readonly cause: 'QUALITY' | 'ATTITUDE' | 'DECEPTION';
  readonly severity: number;
  readonly verdict: 'FOUNDED' | 'PARTLY_FOUNDED' | 'UNFOUNDED';
  readonly remedy: 'REFUND' | 'REPLACE' | 'APOLOGY' | 'COMPENSATION' | 'EXPLANATION';
  readonly zh: Words;
  readonly en: Words;
}

interface Words {
  readonly facts: string;
  readonly sought: string;
  readonly points: readonly string[];
  readonly findings: string;
  readonly resolution: string;
}

/** All grievances. */
export const grievances: readonly Grievance[] = [
  {
    ...{ category: 'damaged goods', cause: 'QUALITY', severity: 2, verdict: 'FOUNDED', remedy: 'REPLACE' },
    zh: {
      facts: '收到的紫砂壶壶嘴有裂纹，外箱完好。',
      sought: '换一把新的',
      points: ['壶嘴裂纹', '外箱完好', '有开箱照片'],
      findings: '出库前未逐件检查，裂纹为烧制所致。',
      resolution: '已换新壶，客户确认收到。',
    },
    en: {
      facts: 'The clay pot came with a crack in its spout; the box was whole.',
      sought: 'A new pot',
      points: ['cracked spout', 'box whole', 'photos of the unpacking'],
      findings: 'The piece left without a look; the crack is from the kiln.',
      resolution: 'A new pot was sent and has arrived.',
    },
  },
  {
    ...{ category: 'taste', cause: 'QUALITY', severity: 2, verdict: 'PARTLY_FOUNDED', remedy: 'REFUND' },
    zh: {
      facts: '龙井有陈味，不像今年的新茶。',
      sought: '退款',
      points: ['有陈味', '标签为今年四月'],
      findings: '仓库湿度超标三天，同批抽检一罐有轻微陈味。',
      resolution: '退还一半货款，客户接受。',
    },
    en: {
      facts: 'The Longjing tastes stale, not like this spring.',
      sought: 'The money back',
      points: ['stale taste', 'label says this April'],
      findings: 'The store room was too damp for three days; one tin of the batch tastes slightly stale.',
      resolution: 'Half the price was given back, which the customer accepted.',
    },
  },
  {
    ...{ category: 'delivery', cause: 'QUALITY', severity: 1, verdict: 'FOUNDED', remedy: 'COMPENSATION' },
    zh: {
      facts: '礼盒晚到六天，错过了中秋节。',
      sought: '补偿',
      points: ['承诺节前送达', '晚到六天'],
      findings: '分拣错误，包裹被发往另一城市。',
      resolution: '已补偿并致歉。',
    },
    en: {
      facts: 'The gift box came six days late, after the festival.',
      sought: 'Some compensation',
      points: ['promised before the festival', 'six days late'],
      findings: 'Sorted wrongly, the parcel went to another city first.',
      resolution: 'Compensated, with an apology.',
    },
  },
  {
    ...{ category: 'service', cause: 'ATTITUDE', severity: 2, verdict: 'FOUNDED', remedy: 'APOLOGY' },
    zh: {
      facts: '店员态度冷淡，问了三次才回答。',
      sought: '道歉',
      points: ['周六下午', '店内客人多'],
      findings: '当班人手不足，店员承认疏忽。',
      resolution: '店长当面致歉，已增加周末人手。',
    },
    en: {
      facts: 'The shop assistant was cold and answered only when asked a third time.',
      sought: 'An apology',
      points: ['Saturday afternoon', 'a full shop'],
      findings: 'Too few people were on duty; the assistant admits it.',
      resolution: 'The shop’s head apologised in person; weekends have more hands now.',
    },
  },
  {
    ...{ category: 'price', cause: 'DECEPTION', severity: 3, verdict: 'UNFOUNDED', remedy: 'EXPLANATION' },
    zh: {
      facts: '网上价格比门店低，认为被多收了钱。',
      sought: '退差价',
      points: ['网店有促销', '门店无促销'],
      findings: '两处价签均有公示，促销日期不同。',
      resolution: '已说明促销日期，并告知可向消费者协会反映。',
    },
    en: {
      facts: 'The website is cheaper than the shop; feels overcharged.',
      sought: 'The difference back',
      points: ['a sale online', 'none in the shop'],
      findings: 'Both prices were on display; the sale ran on other days.',
      resolution: 'Explained the days of the sale, and where else to turn.',
    },
  },
  {
    ...{ category: 'PRIVACY', cause: 'ATTITUDE', severity: 3, verdict: 'FOUNDED', remedy: 'APOLOGY' },
    zh: {
      facts: '已说明不要推销短信，仍收到两条。',
      sought: '不再发送',
      points: ['已两次告知', '收到两条'],
      findings: '门店名单未与退订名单核对。',
      resolution: '已登记拒绝营销，门店名单停用。',
    },
    en: {
      facts: 'Asked for no advertising and still got two text messages.',
      sought: 'No more messages',
      points: ['said so twice', 'two messages came'],
      findings: 'The shop used a list of its own, never checked against the opt-outs.',
      resolution: 'The opt-out is recorded; the shop’s list is gone.',
    },
  },
];
