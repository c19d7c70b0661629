/** Something a person can mend: its message is printed alone, without a stack. */
export class Trouble extends Error {}

/** Runs a script's body: ends with its exit code, a `Trouble` is one clear word and exit code 1. */
export const run = async (body: () => number | void | Promise<number | void>): Promise<void> => {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    console.error(error instanceof Trouble ? `\n${error.message}\n` : error);
    process.exitCode = 1;
  }
};
