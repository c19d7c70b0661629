import { escapeLiteral } from 'pg';
import { copyOut, type Decode } from './copy.out.js';
import { interpret, type Interpreted } from './interpret.js';
import type { Reading } from './page.js';
import type { Entry, Place } from './recorded.js';

/** A stretch of the recorded order: after `from`, no further than `upTo`, at most `limit` entries. */
export interface Stretch {
  readonly from: Place;
  /** Committed already, so that nothing can come in before it: a live checkpoint, or the end of an earlier reading. */
  readonly upTo: Place;
  readonly limit: number;
}

const textOf = ({ from, upTo, limit }: Stretch, types: readonly string[]): string => {
  const wanted = `case when type = any(array[${types.map((it) => escapeLiteral(it)).join(', ')}]::text[])`;
  return /* sql */ `
    select pos, seq, type, record from (
      (select position as pos, 0::bigint as seq, type, ${wanted} then record::text end as record
         from events where position > ${from.position} and position <= ${upTo.position} order by position limit ${limit})
      union all
      (select after, seq, type, ${wanted} then record end
         from received where seq > ${from.seq} and seq <= ${upTo.seq} order by seq limit ${limit})
    ) x order by pos, seq limit ${limit}`;
};

const int8 = (bytes: Buffer, at = 0): number => bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);

const entryOf: Decode<Entry> = (bytes, at, end) => ({
  position: int8(bytes, at[0]),
  seq: int8(bytes, at[1]),
  type: bytes.toString('utf8', at[2], end[2]),
  record: end[3] === -1 ? undefined : bytes.toString('utf8', at[3], end[3]),
});

/**
 * Reads the recorded order as fast as this process can decode it, piece by piece as it comes from the wire, so that the event loop
 * is never held for long. What `readRecorded` gives page by page, for who reads much of it.
 * @param url the application's role
 */
export async function* replay(url: string, { contracts, read, types }: Omit<Reading, 'limit'>, stretch: Stretch): AsyncGenerator<Interpreted> {
  let { from } = stretch;
  for await (const entries of copyOut(url, 'guanxi-replay', textOf(stretch, types), entryOf)) {
    const piece = interpret(entries, from, contracts, read);
    yield piece;
    if (piece.stuck) return;
    from = piece.to;
  }
}
