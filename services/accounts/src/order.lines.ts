import type { ReturnLine } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { compare, minus, plus, total } from '@guanxi/event-sourcing/amount';

/** How much of what, and for how much money: what lines of orders and of returns have in common. */
export type Goods = Pick<ReturnLine, 'product' | 'quantity' | 'amountMinor'>;

/** One entry a product, in the order of first mention; a list, since a product may be called `constructor`. */
export const merged = (lines: readonly Goods[]): Goods[] => {
  const byProduct = new Map<string, Goods>();
  for (const { product, quantity, amountMinor } of lines) {
    const known = byProduct.get(product) ?? { product, quantity: '0', amountMinor: '0' };
    byProduct.set(product, { product, quantity: plus(known.quantity, quantity), amountMinor: plus(known.amountMinor, amountMinor) });
  }
  return [...byProduct.values()];
};

/** What is left of goods after others were taken away. */
export const without = (goods: readonly Goods[], taken: readonly Goods[]): Goods[] =>
  merged([
    ...goods,
    ...taken.map(({ product, quantity, amountMinor }) => ({ product, quantity: minus('0', quantity), amountMinor: minus('0', amountMinor) })),
  ]);

/** The first of the lines that takes more than is left, and which of its numbers does. */
export const overdraft = (left: readonly Goods[], lines: readonly Goods[]): { line: number; field: 'quantity' | 'amountMinor' } | undefined => {
  const remaining = new Map(merged(left).map((it) => [it.product, it]));
  for (const [line, { product, quantity, amountMinor }] of lines.entries()) {
    const known = remaining.get(product) ?? { product, quantity: '0', amountMinor: '0' };
    if (compare(quantity, known.quantity) > 0 || !remaining.has(product)) return { line, field: 'quantity' };
    if (compare(amountMinor, known.amountMinor) > 0) return { line, field: 'amountMinor' };
    remaining.set(product, { product, quantity: minus(known.quantity, quantity), amountMinor: minus(known.amountMinor, amountMinor) });
  }
  return undefined;
};

/** The quantities and the amounts of lines, each summed. */
export const sums = (lines: readonly Goods[]): { quantity: string; amountMinor: string } => ({
  quantity: total(lines.map((it) => it.quantity)),
  amountMinor: total(lines.map((it) => it.amountMinor)),
});
