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

type TakesBack = (it: TimelineEntry, later: TimelineEntry) => boolean;
const all: TakesBack = () => true;
const numbered =
  (kind: TimelineEntryKind): TakesBack =>
  (it, later) =>
    it.kind === kind && it.number === later.number;

/** What each fact that takes back takes back, of the earlier entries of the same thing. */
const takesBack: { readonly [K in TimelineEntryKind]?: TakesBack } = {
  INTERACTION_VOIDED: all,
  ORDER_VOIDED: all,
  COMPLAINT_VOIDED: all,
  CONTACT_VOIDED: all,
  CONTACT_UNLINKED: (it, later) => it.kind === 'CONTACT_ADDED' && it.accountId === later.accountId,
  RETURN_VOIDED: numbered('ORDER_RETURNED'),
  REDEMPTION_VOIDED: numbered('POINTS_REDEEMED'),
};

/** Takes something back: it is found by the thing that it is about. */
export const isVoid = ({ kind }: TimelineEntry): boolean => Object.hasOwn(takesBack, kind);

/** Marks the entries that one of these facts took back; a fact that takes back stands. */
export const withVoids = (entries: readonly TimelineEntry[], voids: readonly TimelineEntry[]): TimelineEntry[] => {
  const voided = (it: TimelineEntry): boolean =>
    voids.some((later) => later.subjectId === it.subjectId && later.subjectVersion > it.subjectVersion && takesBack[later.kind]?.(it, later));
  return entries.map((it) => ({ ...it, voided: !isVoid(it) && voided(it) }));
};
