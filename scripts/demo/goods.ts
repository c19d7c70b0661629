/** What the company sells, with the price in yuan. */
export interface Good {
  readonly product: string;
  readonly english: string;
  readonly category: string;
  readonly yuan: number;
}

type Row = [product: string, english: string, category: string, yuan: number];

const rows: readonly Row[] = [
  ['明前龙井 250 克', 'Longjing, first spring picking, 250 g', 'tea', 468],
  ['洞庭碧螺春 125 克', 'Dongting Biluochun, 125 g', 'tea', 268],
  ['安溪铁观音 500 克', 'Anxi Tieguanyin oolong, 500 g', 'tea', 328],
  ['武夷大红袍 200 克', 'Wuyi Da Hong Pao, 200 g', 'tea', 398],
  ['正山小种 250 克', 'Lapsang Souchong, 250 g', 'tea', 228],
  ['勐海普洱熟茶饼 357 克', "Menghai ripe pu'er cake, 357 g", 'tea', 198],
  ['白毫银针 100 克', 'White tea Silver Needle, 100 g', 'tea', 358],
  ['茉莉花茶 300 克', 'Jasmine green tea, 300 g', 'tea', 128],
  ['宜兴紫砂壶', 'Yixing clay teapot', 'teaware', 680],
  ['青花盖碗', 'Blue-and-white gaiwan', 'teaware', 188],
  ['建盏', 'Jian tea bowl', 'teaware', 320],
  ['竹茶盘', 'Bamboo tea tray', 'teaware', 260],
  ['中秋茶礼盒', 'Mid-Autumn gift box', 'gift', 518],
  ['春节茶礼盒', 'Spring Festival gift box', 'gift', 588],
  ['茶艺课一席', 'Tea ceremony class, one seat', 'service', 300],
];

/** All goods. */
export const goods: readonly Good[] = rows.map(([product, english, category, yuan]) => ({ product, english, category, yuan }));

/** Tags that the company puts on customers. */
export const tags: readonly string[] = [
  '老客户',
  '茶友会',
  '爱喝绿茶',
  '送礼',
  'VIP',
  'wholesale',
  'collector',
  'gift buyer',
  'pu’er circle',
  '门店常客',
];

/** How customers became known. */
export const sources: readonly string[] = ['茶博会', '朋友介绍', '门店', 'website', 'Hamburg tea fair', 'recommendation', '小程序', 'newsletter'];
