import { Client } from 'pg';

/** One figure of a database. */
export const figure = async (url: string, sql: string): Promise<number> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ n: string }>(`select (${sql})::bigint as n`);
    return Number(rows[0]?.n);
  } finally {
    await client.end();
  }
};
