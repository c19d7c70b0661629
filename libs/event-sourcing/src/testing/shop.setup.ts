import type { Execute } from '../policies.js';
import type { ServiceDefinition } from '../service.js';
import { startViews, type Views, type ViewsOptions } from '../views.js';
import { shopDatabase } from './shop.database.js';
import { shop } from './shop.views.js';

/** What was said by `warn`. */
export type Warned = readonly [string, Readonly<Record<string, unknown>>];

/** Databases and processes of a spec; `tearDown` after each test ends what `setUp` began. */
export const shopTests = (fresh: () => Promise<{ url: string; drop(): Promise<void> }>) => {
  const ends: (() => Promise<unknown>)[] = [];
  const setUp = async (definition: ServiceDefinition = shop) => {
    const database = await fresh();
    ends.push(() => database.drop());
    const db = await shopDatabase(database.url, definition);
    ends.push(() => db.end());
    const warned: Warned[] = [];
    /** A process that folds; its policies' commands go to `execute`, which appends like the process itself. */
    const start = async (execute: Execute = db.pay, more: Partial<ViewsOptions> = {}): Promise<Views> => {
      const appending: Execute = async (...wish) => {
        const done = await execute(...wish);
        it.appended(Number(done.position));
        return done;
      };
      const it: Views = await startViews({
        definition,
        url: database.url,
        pool: db.pool,
        execute: appending,
        warn: (...said) => warned.push(said),
        ...more,
      });
      ends.push(() => it.stop());
      return it;
    };
    return { ...db, url: database.url, warned, start };
  };
  const tearDown = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  return { setUp, tearDown };
};

/** Ends when `holds` does. @throws Error after `ms` */
export const until = async (holds: () => unknown, ms = 8_000): Promise<void> => {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it did not come to pass within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
