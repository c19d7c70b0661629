import type { Client } from 'pg';
import type { Checkpoint } from '@guanxi/event-sourcing/checkpoint.text';
import type { Edge, Grown } from '@guanxi/event-sourcing/merkle';
import type { VerifierKey } from '@guanxi/event-sourcing/note';
import type { Screen } from '@guanxi/importer/progress';

/** What a look at the tree found. */
export interface TreeReport {
  readonly events: number;
  readonly notes: number;
  readonly faults: readonly string[];
}

interface Epoch {
  readonly id: string;
  readonly base: string;
}

const pageSize = 5_000;
const mostFaults = 20;
const storedLevel = 8;

/** What is wrong with a checkpoint as such: its name, its signature, its epoch. */
const noteFault = ({ origin, size }: Checkpoint, signed: () => boolean, service: string, epochs: readonly Epoch[]): string | undefined => {
  try {
    if (!signed()) return 'no known key signed it';
  } catch {
    return 'its signature is wrong';
  }
  const [, , whose, epoch] = origin.split('/');
  const at = epochs.findIndex(({ id }) => id === epoch);
  if (whose !== service || at < 0) return `it is of another history: ${origin}`;
  return epochs.slice(at + 1).some(({ base }) => size > Number(base)) ? 'it is above what its epoch shares with a later one' : undefined;
};

const load = async () => ({
  ...(await import('@guanxi/event-sourcing/merkle')),
  ...(await import('@guanxi/event-sourcing/checkpoint.text')),
  ...(await import('@guanxi/event-sourcing/note')),
});
type Lib = Awaited<ReturnType<typeof load>>;

interface Signed {
  readonly size: string;
  readonly note: string;
}

/** What the stored checkpoints are compared with. */
interface Known {
  readonly service: string;
  readonly epochs: readonly Epoch[];
  readonly keys: readonly VerifierKey[];
}

const noteFaults = (lib: Lib, { size, note }: Signed, { hashes }: Edge, { service, epochs, keys }: Known): string[] => {
  try {
    const parsed = lib.parseNote(note);
    const checkpoint = lib.parseCheckpoint(parsed.text);
    const fault = noteFault(checkpoint, () => lib.signedBy(parsed, keys).length > 0, service, epochs);
    const same = checkpoint.size === Number(size) && checkpoint.root.equals(lib.rootOf(hashes));
    return [...(fault === undefined ? [] : [fault]), ...(same ? [] : [`the first ${size} events have another root`])].map(
      (it) => `checkpoint ${size}: ${it}`,
    );
  } catch {
    return [`checkpoint ${size}: it is no signed checkpoint`];
  }
};

/** Compares subtrees that grow with those that are stored. */
const storedTree = (kept: readonly { level: number; index: string; hash: Buffer }[], hashed: number, faults: string[]) => {
  const tree = new Map(kept.map(({ level, index, hash }) => [`${level} ${index}`, hash]));
  const grown = ({ level, index, hash }: Grown): void => {
    const last = (index + 1) * 2 ** level;
    // What came after the notary's last look is not stored yet.
    if (level < storedLevel || last > hashed) return;
    if (!tree.get(`${level} ${index}`)?.equals(hash))
      faults.push(`positions ${index * 2 ** level + 1} to ${last}: the stored tree is not that of the texts`);
    tree.delete(`${level} ${index}`);
  };
  return { tree, grown };
};

const readAll = async (client: Client, service: string) => {
  const rows = async <R extends object>(text: string): Promise<R[]> => (await client.query<R>(text)).rows;
  return {
    service,
    epochs: await rows<Epoch>('select id, base from epochs order by id collate "C"'),
    head: Number((await rows<{ head: string }>('select coalesce(max(position), 0) as head from events'))[0]?.head),
    hashed: Number((await rows<{ position: string }>(`select position from checkpoints where name = 'notary'`))[0]?.position ?? 0),
    kept: await rows<{ level: number; index: string; hash: Buffer }>('select level, index, hash from tree'),
    notes: await rows<Signed>('select size, note from notes order by size'),
  };
};

/** Pages of texts, in order. */
async function* textsOf(client: Client): AsyncGenerator<string[]> {
  const text = 'select position, record::text as record from events where position > $1 order by position limit $2';
  for (let after = '0'; ;) {
    const { rows } = await client.query<{ position: string; record: string }>(text, [after, pageSize]);
    yield rows.map(({ record }) => record);
    if (rows.length < pageSize) return;
    after = rows.at(-1)?.position ?? after;
  }
}

/** Makes the tree anew from the texts; compares it with the stored one and with every checkpoint. */
export const verifyTree = async (client: Client, service: string, keys: readonly VerifierKey[], screen: Screen): Promise<TreeReport> => {
  const lib = await load();
  const { Progress } = await import('@guanxi/importer/progress');
  const { head, hashed, kept, notes, ...known } = await readAll(client, service);
  const faults: string[] = [];
  const { tree, grown } = storedTree(kept, hashed, faults);
  let edge: Edge = lib.emptyEdge;
  let next = 0;
  /** Goes on by texts, no further than the next checkpoint; gives back those that are left. */
  const grow = (leaves: readonly Buffer[]): readonly Buffer[] => {
    const count = Math.min(Number(notes[next]?.size ?? Infinity) - edge.size, leaves.length);
    edge = lib.extend(edge, leaves.slice(0, count), grown);
    for (let it = notes[next]; it && Number(it.size) === edge.size; it = notes[++next]) faults.push(...noteFaults(lib, it, edge, { ...known, keys }));
    return leaves.slice(count);
  };
  const progress = new Progress(screen, () => ({ share: head > 0 ? edge.size / head : 1, rows: edge.size, refused: 0 }));
  try {
    for await (const texts of textsOf(client)) {
      for (let left: readonly Buffer[] = texts.map((it) => lib.leafHash(it)); left.length > 0;) left = grow(left);
      if (faults.length >= mostFaults) return { events: edge.size, notes: next, faults };
    }
  } finally {
    progress.end();
  }
  const beyond = notes.slice(next).map(({ size }) => `checkpoint ${size}: the history ends at position ${edge.size}`);
  const strange = tree.size > 0 ? [`the stored tree has ${tree.size} subtrees that the history has not`] : [];
  return { events: edge.size, notes: notes.length, faults: [...faults, ...beyond.slice(0, 1), ...strange] };
};
