/** Something a person can mend: its message is printed alone, without a stack. */
export class Trouble extends Error {}

const ofArguments = (error: unknown): boolean => String((error as { code?: unknown } | undefined)?.code).startsWith('ERR_PARSE_ARGS');

/** Runs a script's body: ends with its exit code; a `Trouble` or a wrong argument is one clear word and exit code 1. */
export const run = async (body: () => number | void | Promise<number | void>): Promise<void> => {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    const clear = error instanceof Trouble || ofArguments(error);
    console.error(clear ? `\n${(error as Error).message}\n` : error);
    process.exitCode = 1;
  }
};
