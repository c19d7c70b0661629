/** One verb of `npm run history`. */
export interface Verb {
  /** How it is called, and what for; several lines. */
  readonly usage: string;
  /** Does it; the exit code, 0 where absent. */
  readonly run: (args: readonly string[]) => Promise<number | void>;
}
