import { faultOf, type Log } from './log.js';

/** What a process does between its start and its end. */
export interface Running {
  /** Where it listens. */
  readonly port: number;
  /** Finishes what is in flight. */
  stop(): Promise<void>;
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/**
 * The whole life of a process: start, stop at SIGTERM or SIGINT with exit code 0 (a second signal changes nothing). A start that
 * fails ends with a word on stderr and code 1; so does an error that nobody caught.
 */
export const live = async (name: string, log: Log, start: () => Promise<Running>): Promise<void> => {
  const crash = (error: unknown): void => {
    // The words of an error may quote data; where it came from does not.
    log.error(faultOf(error), 'an error that nobody caught; the process ends');
    process.exit(1);
  };
  process.on('uncaughtException', crash).on('unhandledRejection', crash);
  const signalled = Promise.withResolvers<string>();
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => signalled.resolve(signal));
  try {
    const running = await start();
    log.info({ port: running.port }, 'the service takes calls');
    const signal = await signalled.promise;
    log.info({ signal }, 'the service stops');
    await running.stop();
    process.exit(0);
  } catch (error) {
    log.error(faultOf(error), 'the service does not start');
    say(`${name} does not start: ${error instanceof Error ? error.message : 'unknown error'}`);
    process.exit(1);
  }
};
