/** Whose names people bear at a place. */
export type Naming = 'zh' | 'ja' | 'ko' | 'de' | 'en' | 'fr' | 'es' | 'pt' | 'hi';

/** Where customers are, what they pay in, and how often it occurs. */
export interface Place {
  readonly country: string;
  readonly subdivision?: string;
  readonly city: string;
  readonly currency: string;
  readonly naming: Naming;
  /** The language that the company speaks with them. */
  readonly language: 'zh' | 'en';
  readonly segment: string;
  readonly dialling: string;
  /** How many lots the place has in the draw. */
  readonly lots: number;
}

type Row = [country: string, subdivision: string, city: string, currency: string, naming: Naming, segment: string, dialling: string, lots: number];

const rows: readonly Row[] = [
  ['CN', 'CN-SH', '上海', 'CNY', 'zh', 'east', '+86', 12],
  ['CN', 'CN-ZJ', '杭州', 'CNY', 'zh', 'east', '+86', 10],
  ['CN', 'CN-JS', '苏州', 'CNY', 'zh', 'east', '+86', 7],
  ['CN', 'CN-BJ', '北京', 'CNY', 'zh', 'north', '+86', 9],
  ['CN', 'CN-SD', '青岛', 'CNY', 'zh', 'north', '+86', 4],
  ['CN', 'CN-GD', '广州', 'CNY', 'zh', 'south', '+86', 8],
  ['CN', 'CN-GD', '深圳', 'CNY', 'zh', 'south', '+86', 6],
  ['CN', 'CN-FJ', '福州', 'CNY', 'zh', 'south', '+86', 5],
  ['CN', 'CN-SC', '成都', 'CNY', 'zh', 'west', '+86', 6],
  ['CN', 'CN-YN', '昆明', 'CNY', 'zh', 'west', '+86', 3],
  ['HK', '', '香港', 'HKD', 'zh', 'south', '+852', 4],
  ['SG', '', 'Singapore', 'SGD', 'zh', 'overseas', '+65', 3],
  ['JP', 'JP-13', '東京', 'JPY', 'ja', 'overseas', '+81', 4],
  ['JP', 'JP-26', '京都', 'JPY', 'ja', 'overseas', '+81', 2],
  ['KR', 'KR-11', '서울', 'KRW', 'ko', 'overseas', '+82', 2],
  ['DE', 'DE-HH', 'Hamburg', 'EUR', 'de', 'overseas', '+49', 5],
  ['DE', 'DE-BY', 'München', 'EUR', 'de', 'overseas', '+49', 2],
  ['FR', 'FR-IDF', 'Paris', 'EUR', 'fr', 'overseas', '+33', 3],
  ['ES', 'ES-MD', 'Madrid', 'EUR', 'es', 'overseas', '+34', 2],
  ['GB', 'GB-LND', 'London', 'GBP', 'en', 'overseas', '+44', 4],
  ['US', 'US-CA', 'San Francisco', 'USD', 'en', 'overseas', '+1', 4],
  ['US', 'US-NY', 'New York', 'USD', 'en', 'overseas', '+1', 3],
  ['BR', 'BR-SP', 'São Paulo', 'BRL', 'pt', 'overseas', '+55', 2],
  ['IN', 'IN-MH', 'Mumbai', 'INR', 'hi', 'overseas', '+91', 2],
];

/** All places. */
export const places: readonly Place[] = rows.map(([country, subdivision, city, currency, naming, segment, dialling, lots]) => ({
  ...{ country, city, currency, naming, segment, dialling, lots },
  ...(subdivision && { subdivision }),
  language: naming === 'zh' ? 'zh' : 'en',
}));

/** One entry a lot, to draw from. */
export const draw: readonly Place[] = places.flatMap((it) => Array.from({ length: it.lots }, () => it));

/** What one yuan is worth in the currency's minor units; made up, but near. */
export const worth: Readonly<Record<string, number>> = {
  ...{ CNY: 100, HKD: 109, SGD: 18, JPY: 21, KRW: 192, EUR: 13, GBP: 11, USD: 14, BRL: 78, INR: 1180 },
};
