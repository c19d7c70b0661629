import { unknownToken } from '@guanxi/service-kit/page';

/** Up to which position each service's events were shown. */
export type Places = Readonly<Record<string, number>>;

/** What a token was given for: it goes on with nothing else. */
export interface Listing {
  readonly accountId: string;
  readonly from: string;
  readonly to: string;
  readonly newestFirst: boolean;
}

const nameOf = ({ accountId, from, to, newestFirst }: Listing): string => [accountId, from, to, newestFirst ? 'desc' : ''].join(' ');

/** Names a place in every service's history; what comes later moves none of them. */
export const tokenOf = (listing: Listing, places: Places): string => Buffer.from(JSON.stringify([nameOf(listing), places])).toString('base64url');

const isPlaces = (value: unknown): value is Places =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.entries(value).every(([service, it]) => /^[a-z]{1,50}$/.test(service) && Number.isSafeInteger(it) && it >= 0);

/** @throws Rejection page-token-unknown */
export const placesOf = (token: string, listing: Listing): Places => {
  if (token === '') return {};
  try {
    const [name, places, ...more] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as unknown[];
    if (more.length === 0 && name === nameOf(listing) && isPlaces(places)) return places;
  } catch {
    // Answered below.
  }
  throw unknownToken();
};
