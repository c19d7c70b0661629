/** What a checkpoint states: this history had this root at this size (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** Whose history: `guanxi/<namespace>/<service>/<epoch>`. */
  readonly origin: string;
  /** How many events. */
  readonly size: number;
  readonly root: Buffer;
  /** Lines after the root, without line feeds; a reader passes over those that it does not know. */
  readonly extensions: readonly string[];
}

/** Whose history it is. */
export interface Origin {
  /** The installation's UUID. */
  readonly namespace: string;
  readonly service: string;
  /** The epoch's UUIDv7. */
  readonly epoch: string;
}

/** The first line of a checkpoint. */
export const originText = ({ namespace, service, epoch }: Origin): string => `guanxi/${namespace}/${service}/${epoch}`;

/** Reads a first line; undefined where it is no history of ours. */
export const parseOrigin = (text: string): Origin | undefined => {
  const [, namespace, service, epoch] = /^guanxi\/([0-9a-f-]{36})\/([a-z][a-z0-9-]*)\/([0-9a-f-]{36})$/.exec(text) ?? [];
  return namespace !== undefined && service !== undefined && epoch !== undefined ? { namespace, service, epoch } : undefined;
};

/** A checkpoint's text, which is signed. */
export const printCheckpoint = ({ origin, size, root, extensions }: Checkpoint): string =>
  [origin, size, root.toString('base64'), ...extensions].map((line) => `${line}\n`).join('');

/** Reads a checkpoint's text. @throws Error where it is none */
export const parseCheckpoint = (text: string): Checkpoint => {
  const [origin = '', size = '', base64 = '', ...rest] = text.split('\n');
  const extensions = rest.slice(0, -1);
  const root = Buffer.from(base64, 'base64');
  const good = origin !== '' && /^(0|[1-9]\d{0,15})$/.test(size) && root.length === 32 && root.toString('base64') === base64;
  if (!good || rest.at(-1) !== '' || extensions.includes('')) throw new Error('not the text of a checkpoint');
  return { origin, size: Number(size), root, extensions };
};
