import { Rejection } from '@guanxi/event-sourcing/rejection';

/** What a list request asks for, as its plain JSON has it. */
export interface PageRequest {
  /** 0 is 50; above 1,000 is read as 1,000. */
  readonly pageSize?: number;
  readonly pageToken?: string;
  /** `field` or `field desc`; '' is the list's default. */
  readonly orderBy?: string;
}

/** A column to sort by; ties are broken by the key. */
export interface Order {
  readonly field: string;
  readonly desc: boolean;
}

/** The place after the last row of a page: its value as text (null where it has none) and its key. */
export interface Place {
  readonly value: string | null;
  readonly key: string;
}

const usual = 50;
const most = 1000;

/** How many rows a page has: 50 by default, 1,000 at most. */
export const pageSizeOf = (size: number | undefined): number => (size === undefined || size < 1 ? usual : Math.min(size, most));

/** @throws Rejection `order-by-unknown` for anything but `field`, `field asc` or `field desc` over the given fields */
export const orderOf = (text: string, fields: readonly string[]): Order => {
  const [, name, direction] = /^(\w+)(?: (asc|desc))?$/.exec(text.trim()) ?? [];
  const field = fields.find((it) => it === name || it.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) === name);
  if (field !== undefined) return { field, desc: direction === 'desc' };
  const message = `must be one of ${fields.join(', ')}, with or without desc`;
  throw new Rejection('order-by-unknown', 'invalid', 'The list cannot be ordered by this.', {
    errors: [{ field: 'orderBy', rule: 'order-by-unknown', message }],
  });
};

/** Refuses a page token. */
export const unknownToken = (): Rejection =>
  new Rejection('page-token-unknown', 'invalid', 'The page token is none that this list gave, or was given for another order.', {
    errors: [{ field: 'pageToken', rule: 'page-token-unknown', message: 'must be the nextPageToken of this list in this order' }],
  });

const nameOf = ({ field, desc }: Order): string => (desc ? `${field} desc` : field);

/** Names a place in an order; survives inserts, since it is no offset. */
export const tokenOf = (order: Order, place: Place): string =>
  Buffer.from(JSON.stringify([nameOf(order), place.value, place.key])).toString('base64url');

/** @throws Rejection `page-token-unknown` */
export const placeOf = (token: string, order: Order): Place => {
  try {
    const [name, value, key, ...more] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as unknown[];
    if (more.length === 0 && name === nameOf(order) && (value === null || typeof value === 'string') && typeof key === 'string')
      return { value, key };
  } catch {
    // Answered below.
  }
  throw unknownToken();
};
