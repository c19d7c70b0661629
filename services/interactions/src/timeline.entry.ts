import type { TimelineEntry, TimelineEntryKind } from '@guanxi/contracts/guanxi/interactions/v1/timeline';
import type { Meta } from '@guanxi/event-sourcing/view';

type Title = Partial<Pick<TimelineEntry, 'at' | 'topic' | 'channel' | 'money' | 'number' | 'points'>>;

/** Every fact is a row of its own, under the id of its event. */
export const byEvent = (_: unknown, { id }: Meta): string => id;

/** The rows of one service's facts: none where nobody knows whose they are. */
export const entriesOf =
  (source: string) =>
  (accountId: string | undefined, kind: TimelineEntryKind, meta: Meta, title: Title = {}): TimelineEntry | undefined =>
    accountId
      ? {
          entryId: meta.id,
          accountId,
          kind,
          at: meta.at,
          recordedAt: meta.at,
          source,
          subjectId: meta.stream,
          subjectVersion: meta.version,
          voided: false,
          ...title,
        }
      : undefined;

/** Facts that take back an earlier one. */
export const voidKinds: readonly TimelineEntryKind[] = ['INTERACTION_VOIDED', 'RETURN_VOIDED', 'ORDER_VOIDED', 'COMPLAINT_VOIDED'];

const takesBack = (later: TimelineEntry, it: TimelineEntry): boolean =>
  later.subjectId === it.subjectId &&
  later.subjectVersion > it.subjectVersion &&
  (later.kind !== 'RETURN_VOIDED' || (it.kind === 'ORDER_RETURNED' && it.number === later.number));

/** Marks the entries that one of these void facts took back; a void fact itself stands. */
export const withVoids = (entries: readonly TimelineEntry[], voids: readonly TimelineEntry[]): TimelineEntry[] =>
  entries.map((it) => ({ ...it, voided: !voidKinds.includes(it.kind) && voids.some((later) => takesBack(later, it)) }));
