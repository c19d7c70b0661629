import type { ClientBase, Pool } from 'pg';
import { emptyEdge, extend, leafHash, nodeHash, rootOf, subtreesOf, type Edge, type Grown, type Node, type Stretch } from './merkle.js';

/** Whatever can be asked: a pool, or a client in a transaction. */
export type Queryable = Pick<Pool | ClientBase, 'query'>;

/** Smaller subtrees are made from the records again, so that a proof reads some hundred of them and the table stays small. */
export const storedLevel = 8;

const keyOf = ({ level, index }: Node): string => `${level} ${index}`;

const stored = async (db: Queryable, nodes: readonly Node[]): Promise<Map<string, Buffer>> => {
  if (nodes.length === 0) return new Map();
  const text = 'select t.level, t.index, hash from unnest($1::smallint[], $2::bigint[]) n(level, index) join tree t using (level, index)';
  const { rows } = await db.query<Grown>({ name: 'tree', text, values: [nodes.map((it) => it.level), nodes.map((it) => it.index)] });
  return new Map(rows.map((it) => [keyOf(it), it.hash]));
};

const readLeaves = {
  name: 'leaves',
  text: `select n, record::text as record from unnest($1::bigint[], $2::bigint[]) with ordinality r(after, up_to, n),
    lateral (select position, record from events where position > after and position <= up_to) e order by n, position`,
};

/** Roots of small subtrees, all by one query. */
const fromRecords = async (db: Queryable, nodes: readonly Node[], into: Map<string, Buffer>): Promise<void> => {
  if (nodes.length === 0) return;
  const ends = (at: 0 | 1): number[] => nodes.map(({ level, index }) => (index + at) * 2 ** level);
  const { rows } = await db.query<{ n: number | string; record: string }>({ ...readLeaves, values: [ends(0), ends(1)] });
  const leaves = Map.groupBy(rows, ({ n }) => Number(n));
  for (const [n, node] of nodes.entries()) {
    const its = leaves.get(n + 1) ?? [];
    if (its.length < 2 ** node.level) throw new Error(`the history ends before position ${(node.index + 1) * 2 ** node.level}`);
    into.set(
      keyOf(node),
      rootOf(
        extend(
          emptyEdge,
          its.map(({ record }) => leafHash(record)),
        ).hashes,
      ),
    );
  }
};

const childrenOf = ({ level, index }: Node): [Node, Node] => [
  { level: level - 1, index: 2 * index },
  { level: level - 1, index: 2 * index + 1 },
];

const hashesOf = async (db: Queryable, nodes: readonly Node[]): Promise<Map<string, Buffer>> => {
  const hashes = await stored(
    db,
    nodes.filter(({ level }) => level >= storedLevel),
  );
  const missing = nodes.filter((it) => !hashes.has(keyOf(it)));
  await fromRecords(
    db,
    missing.filter(({ level }) => level <= storedLevel),
    hashes,
  );
  const large = missing.filter(({ level }) => level > storedLevel);
  const below = large.length > 0 ? await hashesOf(db, large.flatMap(childrenOf)) : hashes;
  for (const node of large) {
    const [left, right] = childrenOf(node).map((it) => below.get(keyOf(it)) as Buffer) as [Buffer, Buffer];
    hashes.set(keyOf(node), nodeHash(left, right));
  }
  return hashes;
};

/** The roots of stretches of the history, each as RFC 6962 cuts a tree. @throws Error where the history ends before */
export const rootsOf = async (db: Queryable, stretches: readonly Stretch[]): Promise<Buffer[]> => {
  const nodes = stretches.map(subtreesOf);
  const hashes = await hashesOf(db, nodes.flat());
  return nodes.map((its) => rootOf(its.map((it) => hashes.get(keyOf(it)) as Buffer)));
};

/** The right edge of the tree as it was at a size. @throws Error where the history ends before */
export const edgeAt = async (db: Queryable, size: number): Promise<Edge> => {
  const nodes = subtreesOf({ from: 0, to: size });
  const hashes = await hashesOf(db, nodes);
  return { size, hashes: nodes.map((it) => hashes.get(keyOf(it)) as Buffer) };
};

/** The root at a size. @throws Error where the history ends before */
export const rootAt = async (db: Queryable, size: number): Promise<Buffer> => rootOf((await edgeAt(db, size)).hashes);

/** Keeps what grew, as far as it is large enough to be kept. */
export const keepGrown = async (db: Queryable, grown: readonly Grown[]): Promise<void> => {
  const large = grown.filter(({ level }) => level >= storedLevel);
  if (large.length === 0) return;
  await db.query({
    name: 'tree-grows',
    text: 'insert into tree (level, index, hash) select * from unnest($1::smallint[], $2::bigint[], $3::bytea[]) on conflict do nothing',
    values: [large.map((it) => it.level), large.map((it) => it.index), large.map((it) => it.hash)],
  });
};
