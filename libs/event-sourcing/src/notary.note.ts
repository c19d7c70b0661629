import { originText, printCheckpoint } from './checkpoint.text.js';
import type { Epoch } from './epochs.js';
import { rootOf, type Edge } from './merkle.js';
import { signNote, type Signer } from './note.js';
import { rootAt, type Queryable } from './tree.js';

/** Whose checkpoints, and who signs them. */
export interface Signing {
  /** The installation's UUID. */
  readonly namespace: string;
  readonly service: string;
  /** All of them sign. */
  readonly signers: readonly Signer[];
}

/**
 * Signs checkpoints of the present epoch; gives nothing where that is not `epoch` any more. Call it after the events were read, so
 * that none of them is of a later epoch. After a restore a line `previous <origin> <base> <root>` says what is shared with the time before.
 */
export const checkpointSigner = ({ namespace, service, signers }: Signing) => {
  const lines = new Map<string, string[]>();
  const originOf = (epoch: string): string => originText({ namespace, service, epoch });

  const ancestry = async (db: Queryable, before: Epoch, present: Epoch): Promise<string[]> => {
    const known = lines.get(present.id);
    if (known) return known;
    const base = Number(present.base);
    const made = [`previous ${originOf(before.id)} ${base} ${(await rootAt(db, base)).toString('base64')}`];
    lines.set(present.id, made);
    return made;
  };

  return async (db: Queryable, epoch: string, { size, hashes }: Edge): Promise<string | undefined> => {
    const { rows } = await db.query<Epoch>('select id, base from epochs order by id collate "C" desc limit 2');
    const [present, before] = rows;
    if (present?.id !== epoch) return undefined;
    const extensions = [`time ${new Date().toISOString()}`, ...(before ? await ancestry(db, before, present) : [])];
    return signNote(printCheckpoint({ origin: originOf(epoch), size, root: rootOf(hashes), extensions }), signers);
  };
};
