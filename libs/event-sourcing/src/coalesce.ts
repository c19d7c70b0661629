/** How much goes together. */
export interface Coalescing {
  /** How many items one read takes. */
  readonly most?: number;
  /** How many reads are under way at once. */
  readonly lanes?: number;
}

/**
 * Turns a read of many into a read of one: what is asked for while reads are under way goes together in the next. A read always
 * begins after all its items were asked for.
 * @param read gives one answer an item, in their order
 */
export const coalesced = <I, O>(
  read: (items: readonly I[]) => Promise<readonly O[]>,
  { most = 256, lanes = 2 }: Coalescing = {},
): ((item: I) => Promise<O>) => {
  const waiting: { item: I; resolve: (answer: O) => void; reject: (error: unknown) => void }[] = [];
  let free = lanes;

  const lane = async (): Promise<void> => {
    // So that all who ask in this turn of the loop go together.
    for (await new Promise(setImmediate); waiting.length > 0;) {
      const batch = waiting.splice(0, most);
      try {
        const answers = await read(batch.map((it) => it.item));
        batch.forEach((it, n) => it.resolve(answers[n] as O));
      } catch (error) {
        batch.forEach((it) => it.reject(error));
      }
    }
    free++;
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (free === 0) return;
      free--;
      void lane();
    });
};
