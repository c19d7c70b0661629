import { upcast, type Upcasters } from './upcast.js';

/** What a record says, in the order of its text (record.md), besides its time, which the append sets. Absent ones are left out. */
export interface Draft {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly streamversion: number;
  readonly schemaversion: number;
  readonly customer?: string;
  readonly segment?: string;
  readonly actor?: string;
  readonly actorkind?: string;
  readonly role?: string;
  readonly command?: string;
  readonly commandid?: string;
  readonly correlationid?: string;
  readonly causationid?: string;
  readonly traceparent?: string;
  readonly sealedfor?: string;
  readonly sealed?: string;
  /** The payload as `recordData` prints it. */
  readonly data: Record<string, unknown>;
}

/** A record as it is read. */
export interface StoredRecord extends Draft {
  /** RFC 3339 UTC with milliseconds. */
  readonly time: string;
}

/** A record's text on both sides of its time. */
export interface Halves {
  readonly head: string;
  readonly tail: string;
}

/** Between event and text: what leaves `data` before it is written. Nothing seals yet, so drafts pass as they are. */
export type Seal = (drafts: readonly Draft[]) => readonly Draft[] | Promise<readonly Draft[]>;

/**
 * The text of a record, for ever: everything that stores, sends, hashes or exports an event takes these bytes. JSON.stringify
 * prints properties in the order in which they stand here and leaves undefined ones out.
 */
export const writeRecord = ({ id, source, type, subject, ...draft }: Draft): Halves => {
  const { streamversion, schemaversion, customer, segment, actor, actorkind, role, command, commandid } = draft;
  const { correlationid, causationid, traceparent, sealedfor, sealed, data } = draft;
  const whose = { streamversion, schemaversion, customer, segment, actor, actorkind, role, command, commandid };
  const why = { correlationid, causationid, traceparent, sealedfor, sealed, data };
  return {
    head: `${JSON.stringify({ specversion: '1.0', id, source, type, subject }).slice(0, -1)},"time":"`,
    tail: `","datacontenttype":"application/json",${JSON.stringify({ ...whose, ...why }).slice(1)}`,
  };
};

/**
 * Reads a record's text, `data` lifted to this build's schema version; nothing is filled in yet.
 * @throws Error where it is no record, Rejection unavailable where a newer build wrote it
 */
export const readRecord = (text: string, upcasters: Upcasters = {}): StoredRecord => {
  const record = JSON.parse(text) as StoredRecord;
  if (typeof record !== 'object' || record === null || typeof record.type !== 'string' || typeof record.data !== 'object' || record.data === null)
    throw new Error('not the text of a record');
  const data = upcast(upcasters, record.type, record.schemaversion, record.data);
  return data === record.data ? record : { ...record, data };
};

/** The id after the slash of a record's subject: `order/6c1f…`. */
export const streamOf = ({ subject }: Pick<Draft, 'subject'>): string => subject.slice(subject.indexOf('/') + 1);
