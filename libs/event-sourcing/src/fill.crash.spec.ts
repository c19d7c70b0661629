import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freshDatabase } from '../../../test/postgres.js';
import { filledViews as views, later } from './testing/fill.views.js';
import { opened, placed } from './testing/shop.database.js';
import { shopTests, until } from './testing/shop.setup.js';
import { shop } from './testing/shop.views.js';
import { generations } from './view.ensure.js';

const home = join(import.meta.dirname, '../../..');
const program = join(import.meta.dirname, 'testing/fill.process.ts');
const { setUp, tearDown } = shopTests(freshDatabase);
const children: ChildProcess[] = [];
const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await gone;
};
afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  await tearDown();
});

describe('a generation that is being filled', () => {
  it('goes on from what it wrote last when its process is killed, again and again', async () => {
    const { append, receive, start, shown, folded, ensure, pool, url } = await setUp({ ...shop, views });
    const streams = Array.from({ length: 4_000 }, () => randomUUID());
    const write = async (version: number): Promise<void> => {
      await append(streams.map((it, n) => placed(it, version, `a${n % 2_000}`, n % 7)));
      await receive([opened(`a${version}`, 'again')]);
    };
    for (let version = 1; version <= 3; version++) await write(version);
    const old = await start(undefined, { definition: { ...shop, views } });
    await until(() => old.health().every((it) => it.ready && it.lagMs === 0), 30_000);
    await ensure({ ...shop, views: views.map((it) => later(it, 2)) });

    const stands = async (): Promise<{ version: number; state: string; done: number }[]> =>
      (await Promise.all(views.map((it) => generations(pool, it.options.table)))).flat().map((it) => ({ ...it, done: it.position + it.seq }));
    const filled = async (): Promise<number> => (await stands()).reduce((sum, it) => sum + (it.version === 2 ? it.done : 0), 0);
    const swapped = async (): Promise<boolean> => (await stands()).every((it) => it.version === 2 && it.state === 'live');
    let killedInTheMiddle = 0;
    while (!(await swapped())) {
      const flags = ['--no-warnings', '--experimental-transform-types', '--import', join(home, 'test/typescript.mjs')];
      const child = spawn(process.execPath, [...flags, program, url], { cwd: home, stdio: ['ignore', 'ignore', 'inherit'] });
      children.push(child);
      const before = await filled();
      await until(async () => (await filled()) > before || (await swapped()), 30_000);
      if (killedInTheMiddle === 4) await until(swapped, 60_000);
      else await pause(Math.random() * 150);
      await kill(child);
      if (!(await swapped())) killedInTheMiddle++;
      expect(await filled()).toBeGreaterThanOrEqual(before);
    }
    expect(killedInTheMiddle).toBe(4);
    for (const it of views) expect(await shown(it)).toEqual(await folded(it));
  }, 180_000);
});
