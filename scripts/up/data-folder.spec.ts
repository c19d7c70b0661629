import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder, removeFolder } from '../../test/house.ts';
import { install, openDataFolder, secretsFor } from './data-folder.ts';

let folder: string;
const said: string[] = [];
const open = () => openDataFolder((text) => said.push(text));

beforeEach(() => {
  said.length = 0;
  folder = join(newFolder(), 'data');
  process.env.GUANXI_DATA = folder;
});
afterEach(() => {
  removeFolder(join(folder, '..'));
  delete process.env.GUANXI_DATA;
});

const whole = () => {
  open();
  secretsFor(folder, ['postgres']);
  mkdirSync(join(folder, 'postgres'));
  return install(folder);
};

describe('the data folder', () => {
  it('is made where it is missing, and keeps its installation', () => {
    expect(open().installation).toBeUndefined();
    const installation = whole();
    expect(open()).toEqual({ folder, installation });
    expect(said).toEqual([]);
  });

  it('keeps passwords from other users and makes those that a new release needs', () => {
    open();
    const first = secretsFor(folder, ['postgres', 'a']);
    expect(secretsFor(folder, ['postgres', 'b'])).toMatchObject({ ...first, b: expect.stringMatching(/^.{32}$/) });
    expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  it('begins again, with a word, where a first start was cut short while it made the database', () => {
    open();
    mkdirSync(join(folder, 'postgres.new'));
    writeFileSync(join(folder, 'postgres.new', 'half'), '');
    open();
    expect(said).toEqual(['An earlier first start was cut short; it begins again.']);
    expect(existsSync(join(folder, 'postgres.new'))).toBe(false);
  });

  it.each([
    ['a database without its passwords', 'secrets.json', 'half-made'],
    ['a database without its installation', 'installation.json', 'half-made'],
    ['an installation without its database', 'postgres', 'lost its database'],
  ])('is refused where it is half-made: %s', (_, missing, word) => {
    whole();
    removeFolder(join(folder, missing));
    expect(open).toThrow(word);
    expect(open).toThrow(`rm -rf ${folder}`);
  });

  it('is refused where it was made by another release, or cannot be read', () => {
    const installation = whole();
    const file = join(folder, 'installation.json');
    writeFileSync(file, JSON.stringify({ ...installation, layout: 0 }));
    expect(open).toThrow('an older release');
    writeFileSync(file, JSON.stringify({ ...installation, layout: 99 }));
    expect(open).toThrow('a newer release');
    writeFileSync(file, '{"lay');
    expect(open).toThrow('cannot be read');
  });

  it('is never a folder with somebody else’s files, and leaves them alone', () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'thesis.txt'), 'mine');
    expect(open).toThrow('thesis.txt');
    expect(readdirSync(folder)).toEqual(['thesis.txt']);
    expect(readFileSync(join(folder, 'thesis.txt'), 'utf8')).toBe('mine');
  });
});
