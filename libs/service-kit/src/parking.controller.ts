import { Parking, type DiscardedEvent, type ParkedKey, type Redriven } from '@guanxi/contracts/guanxi/common/v1/parking';
import type { DiscardedEvent as Discarded, ParkedKey as Parked } from '@guanxi/event-sourcing/parked.list';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import type { Repairs } from '@guanxi/event-sourcing/repairs';
import { queriesOf, type RpcController } from './controllers.js';
import { orderOf, pageSizeOf, placeOf, tokenOf } from './page.js';

/** An event that belongs to no row is parked under the empty key, which no path of an address can name. */
const noRow = '-';
const shown = (key: string): string => key || noRow;
const meant = (key: string): string => (key === noRow ? '' : key);

const parkedOf = ({ state, key, position, seq, customer, since, triedAt, ...it }: Parked): ParkedKey => ({
  ...{ view: it.view, generation: it.generation, type: it.type, what: it.what, error: it.error, tries: it.tries },
  ...{ live: state === 'live', key: shown(key), position: String(position), seq: String(seq) },
  ...{ ...(customer !== undefined && { customerId: customer }), since: since.toISOString(), triedAt: triedAt.toISOString() },
});

const discardedOf = ({ position, seq, at, type, reason, actor }: Discarded): DiscardedEvent => ({
  ...{ position: String(position), seq: String(seq), type, reason, actor, at: at.toISOString() },
});

const redrivenIn = (view: string, found: Awaited<ReturnType<Repairs['redrive']>>): Redriven[] =>
  found.map(({ key, folded }) => ({ view, key: shown(key), folded }));

/**
 * The Parking rpcs over a service's own views.
 * @param views the views' tables
 * @param done told after each act: what, on which view, and on how many keys
 */
export const parkingController = (
  repairs: Repairs,
  views: readonly string[],
  done: (what: string, view: string, keys: number) => void = () => undefined,
): RpcController =>
  queriesOf(Parking, {
    listParked: async ({ view, pageSize, pageToken, orderBy }) => {
      const order = orderOf(orderBy || 'key', ['key']);
      const size = pageSizeOf(pageSize);
      const after = pageToken ? placeOf(pageToken, order) : undefined;
      const found = await repairs.list(view || undefined, size + 1, after && [after.value ?? '', after.key]);
      const page = found.slice(0, size);
      const last = page.at(-1);
      const nextPageToken = found.length > size && last ? tokenOf(order, { value: last.generation, key: last.key }) : '';
      return { parked: page.map(parkedOf), nextPageToken };
    },
    getParked: async ({ view, key }) => {
      const { parked, discarded } = await repairs.get(view, meant(key));
      return { parked: parked.map(parkedOf), discarded: discarded.map(discardedOf) };
    },
    redriveParked: async ({ view, key }) => {
      if (key && !view) throw new Rejection('view-unknown', 'not-found', 'A key is one of a view: name the view.');
      const redriven: Redriven[] = [];
      for (const it of view ? [view] : views) {
        const found = await repairs.redrive(it, key ? [meant(key)] : undefined);
        if (found.length > 0) done('redrive', it, found.length);
        redriven.push(...redrivenIn(it, found));
      }
      return { redriven };
    },
    discardParked: async ({ view, key, reason }, _, { subject }) => {
      const found = await repairs.discard(view, meant(key), reason, subject);
      done('discard', view, found.length);
      return { redriven: redrivenIn(view, found) };
    },
    restartView: async ({ view }) => {
      const reason = (await repairs.restart(view)) ?? '';
      if (reason) done('restart', view, 0);
      return { reason };
    },
  });
