import { exponentOf } from '@guanxi/contracts/currency';
import type { LotPoints, PointsLot } from '@guanxi/contracts/guanxi/loyalty/v1/points';
import { compare, minus, plus, total } from '@guanxi/event-sourcing/amount';

/** Points for an order of this worth: its whole currency units, none where it is worth nothing or less. Amount in minor units, decimal text. */
export const pointsOf = (currency: string, amountMinor: string): string =>
  amountMinor.startsWith('-') ? '0' : amountMinor.slice(0, amountMinor.length - exponentOf(currency)) || '0';

/** 24 months later; the 29th of February, which is not there then, becomes the 28th. RFC 3339 UTC. */
export const expiryOf = (at: string): string => `${Number(at.slice(0, 4)) + 2}${at.slice(4).replace(/^-02-29/, '-02-28')}`;

/** The smaller of two amounts. */
export const least = (a: string, b: string): string => (compare(a, b) < 0 ? a : b);

/** What lots hold together. */
export const sumOf = (lots: readonly LotPoints[]): string => total(lots.map((it) => it.points));

/** What is taken from lots, in their order, and how much of it is not there. */
export const take = (lots: readonly PointsLot[], points: string): { taken: LotPoints[]; shortage: string } => {
  const taken: LotPoints[] = [];
  let shortage = points;
  for (const lot of lots) {
    if (shortage === '0') break;
    const some = least(lot.points, shortage);
    taken.push({ lotId: lot.lotId, points: some });
    shortage = minus(shortage, some);
  }
  return { taken, shortage };
};

/** Lots without what is taken from them; an empty one goes. */
export const without = (lots: readonly PointsLot[], taken: readonly LotPoints[]): PointsLot[] => {
  const gone = new Map(taken.map(({ lotId, points }) => [lotId, points]));
  return lots.flatMap((lot) => {
    const points = minus(lot.points, gone.get(lot.lotId) ?? '0');
    return points === '0' ? [] : [{ ...lot, points }];
  });
};

/** Lots with what returns to them, the oldest first. */
export const merged = (lots: readonly PointsLot[], returned: readonly PointsLot[]): PointsLot[] => {
  const back = new Map(returned.map((lot) => [lot.lotId, lot]));
  const grown = lots.map((lot) => {
    const more = back.get(lot.lotId);
    back.delete(lot.lotId);
    return more ? { ...lot, points: plus(lot.points, more.points) } : lot;
  });
  return back.size === 0 ? grown : [...grown, ...back.values()].sort((a, b) => (a.earnedAt < b.earnedAt ? -1 : a.earnedAt > b.earnedAt ? 1 : 0));
};
