// Exact arithmetic on decimal text: money in minor units (`-1250`) and quantities (`0.75`) alike; no float is ever involved.

interface Scaled {
  readonly digits: bigint;
  readonly places: number;
}

const parse = (text: string): Scaled => {
  const point = text.indexOf('.');
  return point < 0
    ? { digits: BigInt(text), places: 0 }
    : { digits: BigInt(text.slice(0, point) + text.slice(point + 1)), places: text.length - point - 1 };
};

const raised = ({ digits, places }: Scaled, to: number): bigint => digits * 10n ** BigInt(to - places);

const print = (digits: bigint, places: number): string => {
  if (places === 0) return digits.toString();
  const sign = digits < 0n ? '-' : '';
  const text = (digits < 0n ? -digits : digits).toString().padStart(places + 1, '0');
  return sign + text.slice(0, -places) + '.' + text.slice(-places);
};

const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

const combine = (a: string, b: string, sign: bigint): string => {
  const [x, y] = [parse(a), parse(b)];
  const places = Math.max(x.places, y.places);
  return trimmed(print(raised(x, places) + sign * raised(y, places), places));
};

/** The sum of two amounts: decimal text in, decimal text without needless zeros out. */
export const plus = (a: string, b: string): string => combine(a, b, 1n);

/** The difference of two amounts, like `plus`. */
export const minus = (a: string, b: string): string => combine(a, b, -1n);

/** The sum of many amounts; `0` where there are none. */
export const total = (amounts: readonly string[]): string => amounts.reduce(plus, '0');

/** Below 0, 0 or above 0, as a sort wants it. */
export const compare = (a: string, b: string): number => {
  const difference = minus(a, b);
  return difference === '0' ? 0 : difference.startsWith('-') ? -1 : 1;
};

/** `count` per `base` times `unit`, with exactly `places` places, halves away from zero; undefined where `base` is 0. All counts ≥ 0. */
export const rate = (count: number, base: number, unit: number, places: number): string | undefined => {
  if (base === 0) return undefined;
  const scaled = BigInt(count) * BigInt(unit) * 10n ** BigInt(places);
  return print((scaled * 2n + BigInt(base)) / (BigInt(base) * 2n), places);
};
