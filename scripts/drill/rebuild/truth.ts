import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** What the database says of the live generations, a moment ago. */
export interface Truth {
  /** A read of the view that begins now must show everything up to here. */
  readonly held: (view: string) => number;
  /** When the view was last seen to lack an event for long, by `performance.now()`. */
  readonly lateAt: (view: string) => number;
  readonly stop: () => Promise<void>;
}

const everyMs = 25;
const lateMs = 500;
const statement = {
  name: 'truth',
  text: /* sql */ `
    select regexp_replace(name, '_v[0-9]+_g[0-9]+$', '') as view, position, (select coalesce(max(position), 0) from events) as head
      from checkpoints where state = 'live' and name ~ '_v[0-9]+_g[0-9]+$'`,
};

/** Looks at the checkpoints all the time, on a connection of its own that nobody kills. */
export const watchTruth = async (url: string): Promise<Truth> => {
  const client = new Client(url);
  await client.connect();
  const positions = new Map<string, number>();
  const late = new Map<string, number>();
  /** When which head was seen first, oldest first. */
  let heads: { readonly head: number; readonly at: number }[] = [];
  let going = true;
  const look = async (): Promise<void> => {
    const { rows } = await client.query<{ view: string; position: string; head: string }>(statement);
    const now = performance.now();
    const head = Number(rows[0]?.head ?? 0);
    if (head > (heads.at(-1)?.head ?? 0)) heads.push({ head, at: now });
    for (const { view, position } of rows) {
      positions.set(view, Number(position));
      const lacks = heads.find((it) => it.head > Number(position));
      if (lacks && now - lacks.at > lateMs) late.set(view, now);
    }
    const slowest = Math.min(...positions.values());
    heads = heads.filter((it) => it.head > slowest);
  };
  const looking = (async () => {
    for (; going; await sleep(everyMs)) await look();
  })();
  return {
    held: (view) => positions.get(view) ?? 0,
    lateAt: (view) => late.get(view) ?? 0,
    stop: async () => {
      going = false;
      await looking;
      await client.end();
    },
  };
};
