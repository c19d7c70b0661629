import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Trouble } from '../trouble.ts';

const root = join(import.meta.dirname, '../..');

/** Counted up when what lies in the data folder changes its shape. */
const layout = 1;
const largestLog = 20_000_000;
const ours = [
  'installation.json',
  'secrets.json',
  'run.json',
  'issuer',
  'notary',
  'tokens',
  'logs',
  'kafka',
  'postgres',
  'postgres.new',
  'postgres.new.password',
];

/** What stays the same from the first start on. */
export interface Installation {
  readonly layout: number;
  /** Ids of things with an external reference are made from it. */
  readonly namespace: string;
  readonly createdAt: string;
}

/** Where this installation's data are: `GUANXI_DATA`, else .guanxi in the repository. */
export const dataFolder = (): string => resolve(process.env.GUANXI_DATA || join(root, '.guanxi'));

/** Whoever reads the file sees the old text or the new one, never half of it. */
export const replaceFile = (path: string, text: string, mode = 0o644): void => {
  writeFileSync(`${path}.part`, text, { mode });
  renameSync(`${path}.part`, path);
};

/** Reads a JSON file of the data folder; undefined where it is not there. */
export const readJson = <T>(path: string): T | undefined => {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    throw new Trouble(`${path} cannot be read; the data folder is damaged. Bring the file back from a copy, or remove the folder to begin anew.`);
  }
};

const beginAnew = (folder: string): string => `To begin anew, remove it: rm -rf ${folder}`;

const checkContents = (folder: string): void => {
  const found = readdirSync(folder);
  const foreign = found.filter((name) => !ours.includes(name) && !name.endsWith('.part'));
  if (!found.includes('installation.json') && foreign.length) {
    throw new Trouble(`${folder} holds what is not Guanxi's (${foreign.slice(0, 3).join(', ')}). Choose another folder: GUANXI_DATA=… npm start`);
  }
  const complete = ['installation.json', 'secrets.json', 'postgres'].filter((name) => found.includes(name));
  if (found.includes('postgres') && complete.length < 3) {
    throw new Trouble(`The data folder ${folder} is half-made: it has ${complete.join(' and ')}, the rest is missing. ${beginAnew(folder)}`);
  }
  if (found.includes('installation.json') && !found.includes('postgres')) {
    throw new Trouble(`The data folder ${folder} has lost its database (postgres). Bring it back from a copy. ${beginAnew(folder)}`);
  }
};

/** Makes or checks the data folder. A first start that was cut short before it held anything is begun again. */
export const openDataFolder = (say: (text: string) => void): { folder: string; installation: Installation | undefined } => {
  mkdirSync(dataFolder(), { recursive: true, mode: 0o755 });
  const folder = realpathSync(dataFolder());
  checkContents(folder);
  if (existsSync(join(folder, 'postgres.new'))) {
    say('An earlier first start was cut short; it begins again.');
    for (const left of ['postgres.new', 'postgres.new.password']) rmSync(join(folder, left), { recursive: true, force: true });
  }
  for (const name of ['issuer', 'notary', 'tokens', 'logs']) mkdirSync(join(folder, name), { recursive: true });
  const installation = readJson<Installation>(join(folder, 'installation.json'));
  if (installation && installation.layout !== layout) {
    const age = installation.layout > layout ? 'a newer' : 'an older';
    throw new Trouble(`${folder} was made by ${age} release (layout ${installation.layout}, this one reads ${layout}). ${beginAnew(folder)}`);
  }
  return { folder, installation };
};

/** Says that the folder is whole from now on. */
export const install = (folder: string, namespace: string = randomUUID()): Installation => {
  const installation = { layout, namespace, createdAt: new Date().toISOString() };
  replaceFile(join(folder, 'installation.json'), JSON.stringify(installation, null, 2));
  return installation;
};

/** Passwords by role; those that are missing are made. */
export const secretsFor = (folder: string, roles: readonly string[]): Readonly<Record<string, string>> => {
  const file = join(folder, 'secrets.json');
  const known = readJson<Record<string, string>>(file) ?? {};
  const missing = roles.filter((role) => !known[role]);
  if (!missing.length) return known;
  const all = { ...known, ...Object.fromEntries(missing.map((role) => [role, randomBytes(24).toString('base64url')])) };
  replaceFile(file, JSON.stringify(all, null, 2), 0o600);
  return all;
};

/** A process's log; one that has grown long is put aside at a start, one generation is kept. */
export const logFile = (folder: string, name: string): string => {
  const path = join(folder, 'logs', `${name}.log`);
  if (existsSync(path) && statSync(path).size > largestLog) renameSync(path, `${path}.1`);
  return path;
};
