/**
 * The brokers that this run's tests may use, `host:port` each: KAFKA_BROKERS, a container, or our own from its jars, started now if
 * nobody asked before. Undefined where none is to be had, and says so loudly; with CI=true that is an error.
 * Use: `const brokers = await kafkaBrokers(); if (brokers) busContract(…); else describe.skip(…)`.
 */
export const kafkaBrokers = async (): Promise<string[] | undefined> => {
  if (process.env.KAFKA_BROKERS) return process.env.KAFKA_BROKERS.split(',');
  if (!process.env.TEST_KAFKA_OFFER) throw new Error('Nobody offers a test Kafka: run the tests by `npm test`.');
  const found = (await (await fetch(process.env.TEST_KAFKA_OFFER)).json()) as { brokers?: string; reason?: string };
  if (found.brokers) return [found.brokers];
  without(found.reason ?? 'no reason');
};

/** Says that tests on Kafka do not run; with CI=true they must. */
export const without = (reason: string, must = true): undefined => {
  if (must && process.env.CI === 'true') throw new Error(`There is no Kafka to test with: ${reason}`);
  console.warn(`SKIPPED: tests on Kafka do not run. ${reason}`);
};
