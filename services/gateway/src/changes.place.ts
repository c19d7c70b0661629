import { unreadable } from './refusal.js';

/** Up to where a service's history was told. */
export interface Place {
  /** The last eight digits of the epoch's id: enough to tell epochs apart. */
  readonly epoch: string;
  readonly position: number;
}

/** By service. */
export type Places = ReadonlyMap<string, Place>;

const pattern = /^([a-z]{1,20})=(\d{1,16})\.([0-9a-f]{1,8})$/;
const longest = 500;

/** A place in the epoch of this id. */
export const placeIn = (epoch: string, position: number): Place => ({ epoch: epoch.slice(-8), position });

/** What a client sends back as `Last-Event-ID`: `accounts=120.9f3a01bc,loyalty=7.0c5512de`. */
export const textOf = (places: Places): string => [...places].map(([service, { epoch, position }]) => `${service}=${position}.${epoch}`).join();

/** @throws Refusal 400 for a text that no gateway gave */
export const placesOf = (text: string, services: readonly string[]): Map<string, Place> => {
  const bad = () => unreadable('last-event-id-unreadable', 'Last-Event-ID must be the id of an event of this stream.', 'Last-Event-ID');
  if (text.length > longest) throw bad();
  const places = new Map<string, Place>();
  for (const part of text === '' ? [] : text.split(',')) {
    const [, service = '', position, epoch = ''] = pattern.exec(part) ?? [];
    if (!services.includes(service) || places.has(service) || !Number.isSafeInteger(Number(position))) throw bad();
    places.set(service, { epoch, position: Number(position) });
  }
  return places;
};
