import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import type { VerifierKey } from '@guanxi/event-sourcing/note';
import { Trouble } from '../trouble.ts';
import { dataFolder, readJson } from '../up/data-folder.ts';
import { address } from '../up/database.ts';
import { notaryKeys } from '../up/notary.ts';
import { lastRun, runs } from '../up/run-file.ts';
import { services } from '../up/services.ts';
import { firstOf, rules } from './verify.sql.ts';
import { verifyTree } from './verify.tree.ts';
import type { Verb } from './verb.ts';

const root = join(import.meta.dirname, '../..');
const unusable = 2;

/** The database of a service that runs from this machine's data folder. */
const databaseOf = (service: string): string => {
  const folder = dataFolder();
  const run = lastRun(folder);
  const secrets = readJson<Record<string, string>>(join(folder, 'secrets.json'));
  if (!services.includes(service)) throw new Trouble(`There is no service ${service}. There are ${services.join(', ')}.`);
  if (!runs(run) || !run.postgres || !secrets)
    throw new Trouble('Guanxi does not run here. Start it (npm start) or name the database: --database postgres://…');
  return address(run.postgres.port, `${service}_owner`, secrets, service);
};

const keysOf = async (service: string, file: string | undefined): Promise<readonly VerifierKey[]> => {
  const { parseVerifier } = await import('@guanxi/event-sourcing/note');
  const { readNotaryKeys } = await import('@guanxi/event-sourcing/notary.keys');
  if (file !== undefined) return readFileSync(file, 'utf8').split('\n').filter(Boolean).map(parseVerifier);
  const own = notaryKeys(dataFolder(), service);
  if (!existsSync(own)) throw new Trouble('There are no keys here. Name a file of public keys: --keys FILE (npm run history -- keys prints them)');
  return readNotaryKeys(readFileSync(own, 'utf8'), service).verifiers;
};

const columnFaults = async (client: Client): Promise<string[]> => {
  const faults: string[] = [];
  for (const [fault, rule] of Object.entries(rules)) {
    const { rows } = await client.query<{ position: string | null; count: string }>(firstOf(rule));
    const [found] = rows;
    if (found?.position) faults.push(`position ${found.position}: ${fault}${found.count === '1' ? '' : ` (and ${Number(found.count) - 1} more)`}`);
  }
  return faults;
};

const verify = async (client: Client, service: string, keys: readonly VerifierKey[]): Promise<number> => {
  await client.connect();
  // All of it is of one moment, while the service goes on writing.
  await client.query('begin isolation level repeatable read read only');
  const columns = await columnFaults(client);
  const { events, notes, faults } = await verifyTree(client, service, keys, process.stderr);
  const all = [...columns, ...faults];
  for (const fault of all) console.log(`FAIL ${fault}`);
  if (all.length === 0)
    console.log(`PASS ${events.toLocaleString('en')} events, ${notes.toLocaleString('en')} checkpoints: texts, columns, tree and signatures agree`);
  return all.length === 0 ? 0 : 1;
};

export const verb: Verb = {
  usage: `verify <service> [--database URL] [--keys FILE]
  Looks into the service's database: are the columns beside the texts what the texts say, are positions and versions without gaps,
  is the tree that of the texts, is every checkpoint signed and of this history. Exit code 0 yes, 1 no (position, reason), 2 cannot tell.
  It believes the database's own checkpoints; an auditor's check is an export and verify-history.mjs.`,
  run: async (args) => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { database: { type: 'string' }, keys: { type: 'string' } },
    });
    const [service] = positionals;
    try {
      if (service === undefined || positionals.length > 1) throw new Trouble('Name one service: npm run history -- verify accounts');
      if (!existsSync(join(root, 'libs/event-sourcing/dist/merkle.js'))) throw new Trouble('The house is not built yet. Start once: npm start.');
      const client = new Client({ connectionString: values.database ?? databaseOf(service), application_name: 'guanxi-history-verify' });
      const keys = await keysOf(service, values.keys);
      return await verify(client, service, keys).finally(() => client.end());
    } catch (error) {
      console.error(`\n${error instanceof Trouble ? error.message : `The database cannot be verified: ${(error as Error).message}`}\n`);
      return unusable;
    }
  },
};
