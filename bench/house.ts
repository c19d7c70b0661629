import pg from 'pg';
import type { DrillHouse } from '../scripts/drill/house.ts';

/** Makes a database for a probe in the house's own PostgreSQL, so that probe and product share one server. */
export const createDatabase = async (house: DrillHouse, name: string): Promise<string> => {
  const client = new pg.Client({ connectionString: house.database('postgres') });
  await client.connect();
  try {
    await client.query(`create database ${name}`);
    return house.database(name);
  } finally {
    await client.end();
  }
};
