/** What was opened, to be closed the other way round. */
export interface Closing {
  /** Notes how to close what was just opened; gives it back. */
  add<T>(it: T, close: (it: T) => unknown): T;
  /** Closes everything, last opened first; goes on where one fails, and tells of it. Later calls wait for the first. */
  close(): Promise<void>;
}

/** A list of things to close. */
export const closing = (onError: (error: unknown) => void): Closing => {
  const steps: (() => unknown)[] = [];
  let closed: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    for (const step of steps.reverse())
      try {
        await step();
      } catch (error) {
        onError(error);
      }
  };
  return {
    add: (it, close) => {
      steps.push(() => close(it));
      return it;
    },
    close: () => (closed ??= run()),
  };
};
