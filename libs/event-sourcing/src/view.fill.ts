import type { ClientBase } from 'pg';
import type { Filling } from './batch.js';
import { carryParked } from './parked.js';
import { samePlace, type Place } from './recorded.js';
import { generationsOf } from './view.table.js';
import { swap } from './view.swap.js';

interface Both {
  /** The live one's name and place. */
  readonly name: string;
  readonly position: string;
  readonly seq: string;
  readonly gap: string;
  readonly state: string;
  readonly compare: boolean;
}

const both = /* sql */ `
  select l.name, l.position, l.seq, l.position - f.position + l.seq - f.seq as gap, f.state, f.compare
    from checkpoints l, checkpoints f where l.name ~ $1 and l.name <> f.name and l.state = 'live' and f.name = $2`;
const full = /* sql */ `
  update checkpoints set state = 'filled', since = clock_timestamp(), since_entries = position + seq where name = $1`;

const placeOf = ({ position, seq }: { readonly position: string; readonly seq: string }): Place => ({ position: Number(position), seq: Number(seq) });

/**
 * How a generation that is being filled comes up to the live one and takes its place. It never goes past it, and the last
 * stretch is folded while the live checkpoint is held: it would move away for ever, and readers and policies would go back
 * or lose an event if the two stood apart at the swap. One that is to be compared first comes up, keeps up, and swaps nothing.
 * @param near at this distance, in entries, the live checkpoint is taken
 * @param acts has the view policies? Then what is parked stays parked, since they have still to act on it
 */
export const fillingBounds = (view: string, fresh: string, near: number, acts: boolean): Filling => {
  let live: { readonly name: string; readonly place: Place; readonly held: boolean; readonly state: string } | undefined;
  return {
    upTo: async (client: ClientBase) => {
      live = undefined;
      const { rows } = await client.query<Both>(both, [generationsOf(view), fresh]);
      const [found] = rows;
      if (!found) throw new Error(`view ${view} has no live generation`);
      const { name, state, compare } = found;
      if (compare || state === 'filled') {
        live = { name, place: placeOf(found), held: false, state };
        return live.place;
      }
      if (Number(found.gap) > near) return placeOf(found);
      await client.query(`set local lock_timeout = '200ms'`);
      const held = await client.query<{ position: string; seq: string }>(
        `select position, seq from checkpoints where name = $1 and state = 'live' for update`,
        [name],
      );
      const [place] = held.rows;
      if (!place) throw new Error(`view ${view}: another generation went live`);
      live = { name, place: placeOf(place), held: true, state };
      return live.place;
    },
    finish: async (client: ClientBase, to: Place) => {
      if (!live || !samePlace(live.place, to)) return false;
      if (live.held && acts) await carryParked(client, live.name, fresh);
      if (live.held) await swap(client, view, live.name, fresh);
      else if (live.state === 'filling') await client.query(full, [fresh]);
      return live.held;
    },
  };
};
