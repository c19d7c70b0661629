/** How far the views of a service are, as far as this process knows. Positions are own positions; times are milliseconds. */
export interface Progress {
  /** A view holds everything up to `position`; policies of the batch that began after `from` appended up to `then`, 0 for nothing. */
  report(view: string, position: number, then?: number, from?: number): void;
  held(view: string): number;
  /** The history's head is at least this. */
  grown(head: number): void;
  /** For how long a view lacks an event that this process knows of; at most some 20 s are remembered. */
  lagMs(view: string): number;
  /** Called after each report that brought something new: the view held `from` before. Answers how to leave. */
  listen(heard: (view: string, from: number, to: number, then: number) => void): () => void;
}

const windowMs = 20;
const mostMarks = 1_000;

/** Begins with nothing known. @param now milliseconds of a clock that never goes back */
export const progress = (now: () => number = () => performance.now()): Progress => {
  const places = new Map<string, number>();
  const listeners = new Set<(view: string, from: number, to: number, then: number) => void>();
  let marks: { head: number; readonly at: number }[] = [];
  const held = (view: string): number => places.get(view) ?? 0;
  return {
    held,
    report: (view, position, then = 0, from = held(view)) => {
      if (position <= held(view) && then === 0) return;
      places.set(view, Math.max(position, held(view)));
      const slowest = Math.min(...places.values());
      if (marks.length > 0 && (marks[0]?.head ?? 0) <= slowest) marks = marks.filter((it) => it.head > slowest);
      for (const heard of listeners) heard(view, from, position, then);
    },
    grown: (head) => {
      const last = marks.at(-1);
      if (last && head <= last.head) return;
      // Marks of one window become one, so that a view that stands still does not fill the memory.
      if (last && now() - last.at < windowMs) last.head = head;
      else if (marks.push({ head, at: now() }) > mostMarks) marks.shift();
    },
    lagMs: (view) => {
      // From the end, where a view that keeps up finds its own at once.
      const first = marks[marks.findLastIndex((it) => it.head <= held(view)) + 1];
      return first ? now() - first.at : 0;
    },
    listen: (heard) => {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
  };
};
