import { casesOf, typesOf } from './fold.js';
import type { Progress } from './progress.js';
import type { ServiceDefinition } from './service.js';
import type { AnyView } from './view.js';

/** Waits until a command's effects can be read. */
export interface Settled {
  /**
   * Ends when every view that folds one of these events holds `position`, and also what policies appended because of it; at the
   * latest after `timeoutMs`. A view that stopped, or is more than 1 s behind, is not waited for.
   * @param types full names of the events that the command appended
   * @param position of the last one
   */
  settled(types: readonly string[], position: number, timeoutMs?: number): Promise<void>;
}

interface Waiting {
  readonly views: ReadonlySet<string>;
  readonly position: number;
  /** Views whose policies answer to one of the events. */
  readonly reacting: ReadonlySet<string>;
  /** What those policies appended. */
  then: number;
  readonly end: () => void;
}

/** What a view's batches led to: a waiter may come after the batch that held its position. */
interface Led {
  readonly from: number;
  readonly to: number;
  readonly then: number;
}

/** What waiting needs. */
export interface SettledOptions {
  readonly definition: ServiceDefinition;
  readonly progress: Progress;
  readonly stopped: (view: string) => boolean;
  /** Somebody waits: fold now. */
  readonly hurry: () => void;
  /** Asks the database where the views are: signals of other processes may be lost. */
  readonly lookUp: () => void;
}

const hopelessMs = 1_000;
const lookUpMs = 100;
const ledKept = 256;
const nameOf = (view: AnyView): string => view.options.table;

/** Which views fold an event, whose policies answer to it, and which events those policies' commands may append. */
const index = ({ deciders, views, policies = [] }: ServiceDefinition) => {
  const folding = (types: readonly string[]): ReadonlySet<string> =>
    new Set(views.filter((it) => typesOf(it).some((type) => types.includes(type))).map(nameOf));
  const answering = (types: readonly string[]) =>
    policies.filter((it) =>
      it.sources.some(({ events, reacts }) => [...casesOf(events)].some(([type, { name }]) => reacts[name] && types.includes(type))),
    );
  const remembered = new Map<string, { views: ReadonlySet<string>; reacting: ReadonlySet<string>; next: ReadonlySet<string> }>();
  return (types: readonly string[]) => {
    const key = types.join();
    const known = remembered.get(key);
    if (known) return known;
    const found = answering(types);
    const deciding = deciders.filter((it) => found.some((policy) => policy.commands.typeName === it.commands.typeName));
    const next = folding(deciding.flatMap((it) => [...casesOf(it.events).keys()]));
    const reacting = new Set(found.map((it) => nameOf(it.view)));
    const entry = { views: new Set([...folding(types), ...reacting]), reacting, next };
    remembered.set(key, entry);
    return entry;
  };
};

/** Waits by signals; `close` ends all waiting. */
export const settledBy = ({ definition, progress, stopped, hurry, lookUp }: SettledOptions): Settled & { close(): void } => {
  const byTypes = index(definition);
  const waiting = new Set<Waiting>();
  const led = new Map<string, Led[]>();
  let looking: NodeJS.Timeout | undefined;

  const hopeless = (view: string): boolean => stopped(view) || progress.lagMs(view) > hopelessMs;
  const missing = ({ views, position }: Pick<Waiting, 'views' | 'position'>): boolean =>
    [...views].some((view) => progress.held(view) < position && !hopeless(view));

  const leave = progress.listen((view, from, to, then) => {
    if (then > 0) led.set(view, [...(led.get(view) ?? []).slice(-ledKept), { from, to, then }]);
    for (const it of waiting) {
      if (it.reacting.has(view) && from < it.position && it.position <= to) it.then = Math.max(it.then, then);
      if (!missing(it)) it.end();
    }
  });

  const thenOf = (reacting: ReadonlySet<string>, position: number): number =>
    Math.max(
      0,
      ...[...reacting].flatMap((view) => (led.get(view) ?? []).filter((it) => it.from < position && position <= it.to).map((it) => it.then)),
    );

  /** Answers what the policies appended because of it. */
  const hold = (views: ReadonlySet<string>, reacting: ReadonlySet<string>, position: number, until: number): Promise<number> => {
    if (!missing({ views, position })) return Promise.resolve(thenOf(reacting, position));
    hurry();
    looking ??= setInterval(lookUp, lookUpMs);
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        waiting.delete(it);
        if (waiting.size === 0 && looking) looking = void clearInterval(looking);
        resolve(it.then);
      };
      const it: Waiting = { views, reacting, position, then: thenOf(reacting, position), end };
      const timer = setTimeout(end, until - performance.now());
      waiting.add(it);
    });
  };

  return {
    settled: async (types, position, timeoutMs = 1_000) => {
      const until = performance.now() + timeoutMs;
      const { views, reacting, next } = byTypes(types);
      const then = await hold(views, reacting, position, until);
      if (then > 0) await hold(next, new Set(), then, until);
    },
    close: () => {
      leave();
      for (const it of waiting) it.end();
    },
  };
};
