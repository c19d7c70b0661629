import { momentOf, refOf, someDay, type Customer, type Said } from './customer.ts';
import { goods, type Good } from './goods.ts';
import { worth } from './places.ts';

const accounts = 'guanxi.accounts.v1';
const withoutCents = ['JPY', 'KRW'];

interface Line {
  readonly product: string;
  readonly category: string;
  readonly quantity: string;
  readonly amountMinor: string;
  readonly unitPriceMinor: string;
}

/** What a customer bought. */
export interface Bought {
  readonly said: Said[];
  /** How many orders stand. */
  readonly orders: number;
  /** Whole units of the currency that are left after returns: what they earn in points, or a little less. */
  readonly units: number;
}

const lineOf = (customer: Customer, { product, english, category, yuan }: Good): Line => {
  const { place, kind, random } = customer;
  const many = kind === 'PERSON' || kind === 'HOUSEHOLD' ? random.whole(1, 3) : random.whole(4, 60);
  const price = inMinor(customer, yuan);
  return {
    ...{ product: place.language === 'zh' ? product : english, category, quantity: `${many}` },
    ...{ amountMinor: `${many * price}`, unitPriceMinor: `${price}` },
  };
};

const inMinor = ({ place }: Customer, yuan: number): number => Math.round(yuan * (worth[place.currency] ?? 100));

const adjustmentsOf = (customer: Customer, sum: number): { type: string; amountMinor: number }[] => [
  ...(customer.random.chance(30) ? [{ type: 'DISCOUNT', amountMinor: -Math.floor(sum / 20) }] : []),
  ...(customer.random.chance(50) ? [{ type: 'FREIGHT', amountMinor: inMinor(customer, 12) }] : []),
];

/** One order and what became of it; `minor` is what is left of it, undefined where it was recorded in error. */
const orderOf = (customer: Customer, n: number): { said: Said[]; minor: number | undefined } => {
  const { ref, place, shown, random } = customer;
  const inWords = (zh: string, en: string): string => (place.language === 'zh' ? zh : en);
  const externalRef = refOf(customer, `o${n}`);
  const day = someDay(random);
  const lines = random.some(goods, random.whole(1, 4)).map((good) => lineOf(customer, good));
  const sum = lines.reduce((total, it) => total + Number(it.amountMinor), 0);
  const adjustments = adjustmentsOf(customer, sum);
  const recorded = {
    ...{ accountRef: ref, externalRef, orderedAt: momentOf(day, random), currency: place.currency, lines },
    adjustments: adjustments.map((it) => ({ ...it, amountMinor: `${it.amountMinor}` })),
    ...{ channel: random.pick(['shop', 'website', 'wechat', 'sales']), placeOfSale: place.city },
  };
  const said: Said[] = [[`${accounts}.RecordOrder`, recorded]];
  if (random.chance(3)) {
    said.push([`${accounts}.VoidOrder`, { orderRef: externalRef, reason: inWords('重复录入', 'Entered twice') }]);
    return { said, minor: undefined };
  }
  const minor = adjustments.reduce((total, it) => total + it.amountMinor, sum);
  if (!random.chance(shown && n === 1 ? 100 : 10)) return { said, minor };
  const { product, unitPriceMinor } = lines[0]!;
  const returned = {
    lines: [{ product, quantity: '1', amountMinor: unitPriceMinor }],
    returnedAt: momentOf(day + random.whole(3, 20), random),
    reason: inWords('包装受损', 'The tin was dented'),
  };
  said.push([`${accounts}.ReturnOrder`, { orderRef: externalRef, ...returned }]);
  return { said, minor: minor - Number(unitPriceMinor) };
};

/** Orders with discounts and freight, some returned in part, a few recorded in error. */
export const ordersOf = (customer: Customer): Bought => {
  const { place, shown, random } = customer;
  const many = shown ? random.whole(4, 6) : Math.max(0, random.whole(-2, 6));
  const all = Array.from({ length: many }, (_, n) => orderOf(customer, n + 1));
  const standing = all.flatMap(({ minor }) => minor ?? []);
  const minor = standing.reduce((total, it) => total + it, 0);
  // Each order earns whole units only, and so does what is left of it after a return.
  const units = withoutCents.includes(place.currency) ? minor : minor / 100 - 2 * many;
  return { said: all.flatMap((it) => it.said), orders: standing.length, units: Math.max(0, Math.floor(units)) };
};
