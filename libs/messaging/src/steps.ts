/** Carries out what a rule's steps ask for, one after another; where an answer fails, the steps are over. */
export const carryOut = async <A, R>(steps: Generator<A, R, never>, answer: (ask: A) => Promise<unknown>): Promise<R> => {
  let step = steps.next(undefined as never);
  while (!step.done) step = steps.next((await answer(step.value)) as never);
  return step.value;
};

/** One part of a process's health; times in milliseconds. `reason` is '' where there is nothing to say. */
export interface Part {
  readonly name: string;
  /** May the service take traffic, as far as this part is concerned? A bus or a neighbour that is away only makes others late. */
  readonly ready: boolean;
  readonly lagMs: number;
  readonly reason: string;
}
