import type { DescMessage } from '@bufbuild/protobuf';
import { classOf, isAside, PolicyFault, type Aside } from './aside.js';
import type { AnyView, Fold, Keys, Meta, Source } from './view.js';
import type { Folded } from './view.table.js';

/** A view's row, plain proto3 JSON. */
export type Row = Record<string, unknown>;
/** Rows by key; `undefined` says that there is none. */
export type Rows = Pick<ReadonlyMap<string, Row | undefined>, 'get'>;

/** An event of the recorded order as folds and policies see it. */
export interface Recorded {
  /** Own: its position. Received: the history's head when it was received. */
  readonly position: number;
  /** 0 for own events, else its number among the received. */
  readonly seq: number;
  readonly type: string;
  /** Plain proto3 JSON with defaults filled in; never changed, since several views share it. */
  readonly payload: unknown;
  readonly meta: Meta;
  /** What a policy's command carries on. */
  readonly trace: { readonly segment: string; readonly correlationId: string | undefined; readonly traceparent: string | undefined };
}

interface Step {
  readonly source: Source;
  readonly fold: Fold<unknown, unknown> | undefined;
}

/** The cases of an event contract by the full names of their payloads. */
export const casesOf = (events: DescMessage): ReadonlyMap<string, { readonly name: string; readonly payload: DescMessage }> =>
  new Map(
    events.fields.flatMap((field) => (field.message ? [[field.message.typeName, { name: field.jsonName, payload: field.message }] as const] : [])),
  );

const plans = new WeakMap<AnyView, ReadonlyMap<string, readonly Step[]>>();

const planOf = (view: AnyView): ReadonlyMap<string, readonly Step[]> => {
  const known = plans.get(view);
  if (known) return known;
  const plan = new Map<string, Step[]>();
  for (const source of view.sources)
    for (const [type, { name }] of casesOf(source.events)) plan.set(type, [...(plan.get(type) ?? []), { source, fold: source.folds[name] }]);
  plans.set(view, plan);
  return plan;
};

/** Full names of the events that a view folds. */
export const typesOf = (view: AnyView): string[] => [...planOf(view)].filter(([, steps]) => steps.some((it) => it.fold)).map(([type]) => type);

const named = (keys: Keys): readonly string[] => (typeof keys === 'object' ? keys.filter(Boolean) : keys ? [keys] : []);

/** Keys of the rows that an event belongs to in a view, in the order of its sources; none where the event names no row. */
export const keysOf = (view: AnyView, { type, payload, meta }: Recorded): string[] =>
  (planOf(view).get(type) ?? []).flatMap(({ source }) => named(source.keyOf(payload, meta)));

/** A fold or a policy that threw, and at which event. */
export class FoldFault extends Error {
  constructor(
    readonly event: Recorded,
    override readonly cause: unknown,
  ) {
    super(`${classOf(cause)} at ${event.type} ${event.position}/${event.seq}`, { cause });
    this.name = 'FoldFault';
  }
}

/** Called after each event with the row that it belongs to, the first where there are several, as it stands then, and that row's key. */
export type Saw = (event: Recorded, row: Row | undefined, key: string | undefined) => void;

type Changed = Map<string, Folded>;
type Guarded = (key: string, event: Recorded, what: string, act: () => void) => void;

const unguarded: Guarded = (_key, _event, _what, act) => act();

/** Tries what one event does to one key; where it fails, the row is again as it was before the event, and the key is parked. */
const parking = (changed: Changed, aside: Aside): Guarded => {
  const undo = new Map<string, Folded | undefined>();
  return (key, event, what, act) => {
    if (!undo.has(key)) undo.set(key, changed.get(key));
    try {
      act();
    } catch (cause) {
      const before = undo.get(key);
      if (before) changed.set(key, before);
      else changed.delete(key);
      aside.park?.({ key, event, what: cause instanceof PolicyFault ? cause.message : what, cause });
    }
  };
};

/**
 * Folds events, in order, into the rows that were there before: what changed, by key. Pure: `before` is left as it was.
 * @param aside what is passed over
 * @throws FoldFault unless `aside.park` is told instead
 */
export const fold = (view: AnyView, before: Rows, events: readonly Recorded[], saw?: Saw, aside?: Aside): Map<string, Folded> => {
  const plan = planOf(view);
  const changed: Changed = new Map();
  const now = (key: string): Row | undefined => (changed.get(key) ?? { row: before.get(key) }).row;
  const apply = (key: string, event: Recorded, step: Step['fold']): void => {
    const old = now(key);
    const row = step ? (step(old, event.payload, event.meta) as Row | undefined) : old;
    if (row !== old) changed.set(key, { key, position: event.position, row });
  };
  const show = (event: Recorded, belongs: string | undefined, guarded: Guarded): void => {
    if (saw && !isAside(aside, belongs ?? '', event))
      guarded(belongs ?? '', event, 'policy', () => saw(event, belongs === undefined ? undefined : now(belongs), belongs));
  };
  const foldOne = (event: Recorded): void => {
    let belongs: string | undefined;
    const guarded = aside?.park ? parking(changed, aside) : unguarded;
    const step: typeof apply = guarded === unguarded ? apply : (key, it, fold) => guarded(key, it, 'fold', () => apply(key, it, fold));
    for (const { source, fold } of plan.get(event.type) ?? [])
      for (const key of named(source.keyOf(event.payload, event.meta))) {
        belongs ??= key;
        if (!isAside(aside, key, event)) step(key, event, fold);
      }
    show(event, belongs, guarded);
  };
  for (const event of events)
    try {
      foldOne(event);
    } catch (error) {
      throw new FoldFault(event, error);
    }
  return changed;
};
