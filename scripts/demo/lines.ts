import { complaintsOf } from './complaints.ts';
import { strangersCall, talksWith } from './contact-log.ts';
import { customerOf, type Customer, type IdOf, type Said } from './customer.ts';
import { ordersOf } from './orders.ts';
import { contactsOf, profileOf, wishesOf } from './profile.ts';
import { randomOf } from './random.ts';

/** How many customers. */
export const sizes = { small: 200, medium: 2_000 } as const;

/** A line of the batch door. */
export interface Line {
  readonly command: string;
  readonly idempotencyKey: string;
  readonly request: object;
}

/** What to send. */
export interface Plan {
  readonly customers: readonly Customer[];
  readonly lines: readonly Line[];
  /** What can be done only once all services have heard of the first lines. */
  readonly later: readonly Line[];
  /** Who spends points in the later lines, and how many. */
  readonly spenders: readonly { readonly accountId: string; readonly points: number }[];
}

const keyed = (owner: string, said: readonly Said[]): Line[] =>
  said.map(([command, request], n) => ({ command, idempotencyKey: `demo:${owner}:${n + 1}`, request }));

const strangers = 5;

/** What can be said only once everybody has heard of the orders: points spent, and customers who were lost or are hoped for. */
const laterOf = ({ ref, id, place, shown, random }: Customer, orders: number, points: number): Said[] => {
  const inWords = (zh: string, en: string): string => (place.language === 'zh' ? zh : en);
  const [to, reason] = orders
    ? ['LOST', inWords('转向其他供应商', 'Buys elsewhere now')]
    : ['TARGET', inWords('茶博会上有意向', 'Showed interest at the fair')];
  const spent: Said = ['guanxi.loyalty.v1.Redeem', { accountRef: ref, points: `${points}`, reward: inWords('茶样一份', 'A set of samples') }];
  const moved: Said = ['guanxi.accounts.v1.ChangeLifecycle', { accountId: id, to, reason }];
  return [...(points > 0 ? [spent] : []), ...(!shown && random.chance(8) ? [moved] : [])];
};

/**
 * A tea company's customers and what they did: the same seed gives the same lines, and a larger company begins with the smaller one.
 * @param idOf the installation's ids
 */
export const planOf = (seed: number, size: keyof typeof sizes, idOf: IdOf): Plan => {
  const customers = Array.from({ length: sizes[size] }, (_, index) => customerOf(seed, index, idOf));
  const [lines, later]: [Line[], Line[]] = [[], []];
  const spenders: { accountId: string; points: number }[] = [];
  for (const customer of customers) {
    const { ref, id, member, shown, random } = customer;
    // Before the orders, which then earn points.
    const enrolled: Said[] = member ? [['guanxi.loyalty.v1.Enrol', { accountRef: ref }]] : [];
    const { said: bought, orders, units } = ordersOf(customer);
    const said = [...profileOf(customer), ...contactsOf(customer, idOf), ...enrolled, ...bought];
    lines.push(...keyed(ref.id, [...said, ...talksWith(customer), ...complaintsOf(customer, idOf), ...wishesOf(customer)]));

    const points = member && random.chance(shown ? 100 : 40) ? Math.floor(units / 4) : 0;
    if (points > 0) spenders.push({ accountId: id, points });
    later.push(...keyed(`${ref.id}:later`, laterOf(customer, orders, points)));
  }
  const random = randomOf(`${seed}:strangers`);
  const calls = Array.from({ length: strangers }, (_, n) => strangersCall(seed, n + 1, random));
  return { customers, lines: [...lines, ...keyed(`${seed}:strangers`, calls)], later, spenders };
};
