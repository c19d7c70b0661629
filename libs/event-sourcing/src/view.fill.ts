import type { ClientBase } from 'pg';
import type { Filling } from './batch.js';
import { samePlace, type Place } from './recorded.js';
import { generationsOf } from './view.table.js';
import { swap } from './view.swap.js';

const both = /* sql */ `
  select l.name, l.position, l.seq, l.position - f.position + l.seq - f.seq as gap
    from checkpoints l, checkpoints f where l.name ~ $1 and l.name <> f.name and l.state = 'live' and f.name = $2`;

/**
 * How a generation that is being filled comes up to the live one and takes its place. It never goes past it, and the last
 * stretch is folded while the live checkpoint is held: it would move away for ever, and readers and policies would go back
 * or lose an event if the two stood apart at the swap.
 * @param near at this distance, in entries, the live checkpoint is taken
 */
export const fillingBounds = (view: string, fresh: string, near: number): Filling => {
  let live: { readonly name: string; readonly place: Place } | undefined;
  return {
    upTo: async (client: ClientBase) => {
      const { rows } = await client.query<{ name: string; position: string; seq: string; gap: string }>(both, [generationsOf(view), fresh]);
      const [found] = rows;
      if (!found) throw new Error(`view ${view} has no live generation`);
      if (Number(found.gap) > near) return { position: Number(found.position), seq: Number(found.seq) };
      await client.query(`set local lock_timeout = '200ms'`);
      const held = await client.query<{ position: string; seq: string }>('select position, seq from checkpoints where name = $1 for update', [
        found.name,
      ]);
      const [place] = held.rows;
      if (!place) throw new Error(`view ${view}: another generation went live`);
      live = { name: found.name, place: { position: Number(place.position), seq: Number(place.seq) } };
      return live.place;
    },
    finish: async (client: ClientBase, to: Place) => {
      if (!live || !samePlace(live.place, to)) return false;
      await swap(client, view, live.name, fresh);
      return true;
    },
  };
};
