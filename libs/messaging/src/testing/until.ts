/** Waits until `holds`, looking every 10 ms. @throws after `ms` with what `state` says */
export const until = async (holds: () => boolean | Promise<boolean>, state: () => unknown = () => '', ms = 20_000): Promise<void> => {
  const end = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain: ${JSON.stringify(await state())}`);
    await pause(10);
  }
};

/** Waits for so many milliseconds. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
