import type { DescMessage } from '@bufbuild/protobuf';
import { filled, recordData } from '@guanxi/contracts/json';
import type { Of, OneOf } from '@guanxi/contracts/of';
import { caseOf } from './decider.js';
import { casesOf, fold, type Recorded, type Row } from './fold.js';
import type { Meta, View } from './view.js';

/** A view's rows while its events are told, one by one. */
export interface Story<R> {
  /** The next event of a stream, an hour after the one before unless `meta` says; checked strictly, as before an append. */
  tell<E>(events: Of<E, DescMessage>, stream: string, event: OneOf<E>, meta?: Partial<Meta>): Story<R>;
  /** The row of this key, checked strictly against the view's contract, with defaults filled in. */
  row(key: string): R | undefined;
  /** All rows, in the order of their keys. */
  rows(): R[];
}

const begin = Date.UTC(2026, 10, 22, 8);
const hour = 3_600_000;

/** Tells events to a view in a spec: `story(accountView).tell(AccountEvent, id, { accountRegistered: … }).row(id)`. */
export const story = <R>(view: View<R>): Story<R> => {
  const rows = new Map<string, Row | undefined>();
  const versions = new Map<string, number>();
  let position = 0;
  const read = (row: Row | undefined): R | undefined => row && (filled(view.row, recordData(view.row, row)) as R);
  const it: Story<R> = {
    tell: (events, stream, event, meta = {}) => {
      position += 1;
      const [name, data] = caseOf(event);
      const found = [...casesOf(events)].find(([, known]) => known.name === name);
      if (!found) throw new Error(`${events.typeName} has no ${name}`);
      const version = (versions.get(stream) ?? 0) + 1;
      versions.set(stream, version);
      const id = `00000000-0000-7000-9000-${position.toString().padStart(12, '0')}`;
      const known = { id, stream, version, at: new Date(begin + position * hour).toISOString(), customer: undefined, ...meta };
      const payload = filled(found[1].payload, recordData(found[1].payload, data));
      const recorded: Recorded = {
        position,
        seq: 0,
        type: found[0],
        payload,
        meta: known,
        trace: { segment: 'default', correlationId: undefined, traceparent: undefined },
      };
      for (const [key, { row }] of fold(view, rows, [recorded])) rows.set(key, row);
      return it;
    },
    row: (key) => read(rows.get(key)),
    rows: () => [...rows.keys()].sort().flatMap((key) => read(rows.get(key)) ?? []),
  };
  return it;
};
