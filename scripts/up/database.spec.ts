import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { newFolder, removeFolder } from '../../test/house.ts';
import { makeCluster } from '../postgres/cluster.ts';
import { alive, freePort } from '../processes.ts';
import { address, endLeftover, prepareCluster, prepareDatabases, startDatabase } from './database.ts';
import { services } from './services.ts';

const secrets = Object.fromEntries(
  ['postgres', 'bus_app', ...services.flatMap((it) => [`${it}_owner`, `${it}_app`])].map((role) => [role, 'secret']),
);
const said: string[] = [];
const say = (text: string): void => void said.push(text);

let folder: string;
beforeEach(() => {
  said.length = 0;
  folder = newFolder();
  mkdirSync(join(folder, 'logs'));
});
afterEach(() => removeFolder(folder));

const ask = async (url: string, sql: string): Promise<unknown> => {
  const client = new Client(url);
  await client.connect();
  try {
    return Object.values(((await client.query(sql)).rows[0] as object | undefined) ?? {})[0];
  } finally {
    await client.end();
  }
};

describe('the embedded PostgreSQL', () => {
  it('has an owner and an application role for each service; nobody gets into another’s database', async () => {
    await prepareCluster(folder, 'secret');
    const port = await freePort();
    const server = await startDatabase(folder, port);
    try {
      await prepareDatabases(port, secrets);
      await prepareDatabases(port, secrets);
      const [owner, app] = ['accounts_owner', 'accounts_app'].map((role) => address(port, role, secrets, 'accounts'));
      await ask(owner!, 'create table fact (it text)');
      await expect(ask(app!, 'select * from fact')).rejects.toThrow('permission denied');
      expect(await ask(app!, 'show transaction_timeout')).toBe('30s');
      await expect(ask(address(port, 'accounts_app', secrets, 'complaints'), 'select 1')).rejects.toThrow('permission denied');
      await expect(ask(address(port, 'accounts_app', { accounts_app: 'guess' }, 'accounts'), 'select 1')).rejects.toThrow('password');
    } finally {
      await server.stop();
    }
  });

  it('left behind by a killed start is stopped; a stranger’s is named and left alone', async () => {
    await prepareCluster(folder, 'secret');
    const server = await startDatabase(folder, await freePort());
    await expect(endLeftover(folder, undefined, say)).rejects.toThrow(`kill -INT ${server.pid}`);
    expect(alive(server.pid)).toBe(true);
    await endLeftover(folder, server.pid, say);
    expect(said).toEqual([expect.stringContaining('left behind')]);
    await server.ended;
  });

  it('is not kept from starting by a pid file whose process is something else by now', async () => {
    await prepareCluster(folder, 'secret');
    const other = spawn('sleep', ['60']);
    writeFileSync(join(folder, 'postgres/postmaster.pid'), `${other.pid}\n${folder}/postgres\n0\n5432\n\n127.0.0.1\n0\nready   \n`);
    await endLeftover(folder, undefined, say);
    const server = await startDatabase(folder, await freePort());
    await server.stop();
    expect(alive(other.pid ?? 0)).toBe(true);
    other.kill();
  });

  it('refuses a folder that is no whole database, or another version’s', async () => {
    mkdirSync(join(folder, 'postgres'));
    await expect(prepareCluster(folder, 'secret')).rejects.toThrow('half-made');
    mkdirSync(join(folder, 'postgres/global'));
    writeFileSync(join(folder, 'postgres/global/pg_control'), '');
    writeFileSync(join(folder, 'postgres/PG_VERSION'), '16\n');
    await expect(prepareCluster(folder, 'secret')).rejects.toThrow('made by PostgreSQL 16');
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;
  asRoot('says so where its user cannot enter the folder', async () => {
    chmodSync(folder, 0o700);
    await expect(makeCluster(join(folder, 'postgres'))).rejects.toThrow(`cannot enter ${folder}`);
  });

  it('says its last words where it cannot start', async () => {
    await prepareCluster(folder, 'secret');
    writeFileSync(join(folder, 'postgres/postgresql.conf'), 'no such setting = 1\n');
    await expect(startDatabase(folder, await freePort())).rejects.toThrow(/did not start.*syntax error/s);
  });
});
