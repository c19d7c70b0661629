import { Client } from 'pg';

/** A database of a test's own on the run's real PostgreSQL. */
export interface FreshDatabase {
  readonly url: string;
  /** Ends what is still connected and drops it. */
  drop(): Promise<void>;
}

let made = 0;

const administer = async (sql: string): Promise<void> => {
  const client = new Client(process.env.TEST_PG_URL);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};

/** Makes an empty database; its url is the superuser's. */
export const freshDatabase = async (): Promise<FreshDatabase> => {
  if (!process.env.TEST_PG_URL) throw new Error('No test PostgreSQL: run the tests by `npm test`.');
  const name = `t_${process.pid}_${Date.now().toString(36)}_${++made}`;
  await administer(`create database ${name} template template0`);
  const url = new URL(process.env.TEST_PG_URL);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(`drop database if exists ${name} with (force)`) };
};
