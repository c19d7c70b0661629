import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { migrate } from './migrations.js';

describe('the migrations', () => {
  let database: FreshDatabase;
  let owner: Client;
  let application: Client;
  let url: string;
  const role = `app_${process.pid}`;
  beforeAll(async () => {
    database = await freshDatabase();
    owner = new Client(database.url);
    await owner.connect();
    await owner.query(`create role ${role} login password 'x'`);
    const address = new URL(database.url);
    [address.username, address.password] = [role, 'x'];
    url = address.href;
  });
  afterAll(async () => {
    await application.end();
    await owner.query(`drop owned by ${role}; drop role ${role}`);
    await owner.end();
    await database.drop();
  });

  it('are done once by any number of replicas that start together, and not again', async () => {
    await Promise.all([1, 2, 3].map(() => migrate(database.url, url)));
    await migrate(database.url, url);
    const { rows } = await owner.query<{ name: string }>('select name from migrations order by id');
    const names = rows.map((it) => it.name);
    expect(names.slice(0, 3)).toEqual(['History1795000000000', 'AppendOne1795400000000', 'Notary1795500000000']);
    expect(new Set(names).size).toBe(names.length);
  });
  it('leave the application no right to change or delete what happened', async () => {
    application = new Client(url);
    await application.connect();
    for (const table of ['events', 'received', 'commands', 'epochs']) {
      await expect(application.query(`select * from ${table}`)).resolves.toBeDefined();
      for (const act of [`update ${table} set ${table === 'epochs' ? 'base' : 'key'} = null`, `delete from ${table}`, `truncate ${table}`])
        await expect(application.query(act)).rejects.toMatchObject({ code: '42501' });
    }
    await expect(application.query('create table mine (id int)')).rejects.toMatchObject({ code: '42501' });
  });
  it('take away rights that somebody had given too freely', async () => {
    await owner.query(`grant all on events to ${role}`);
    await migrate(database.url, url);
    await expect(application.query('delete from events')).rejects.toMatchObject({ code: '42501' });
  });
});
