import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Is there a process of that id? Also one that belongs to somebody else. */
export const alive = (pid: number): boolean => {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Waits until a process is gone; false where it is still there after `ms`. */
export const gone = async (pid: number, ms: number): Promise<boolean> => {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(25)) if (!alive(pid)) return true;
  return !alive(pid);
};

/** A living process's command line, else ''. */
export const commandLine = (pid: number): string => {
  if (!existsSync('/proc/self')) return spawnSync('ps', ['-o', 'command=', '-p', `${pid}`], { encoding: 'utf8' }).stdout.trim();
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
};

const tryPort = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(port)));
  });

/** Below those that systems give to outgoing connections: one of these would be taken by a client before its server has started. */
const lowest = 15_000;
const highest = 32_000;

/** A port of loopback that was free a moment ago: the one asked for, or any. Throws what `listen` says (EADDRINUSE, EACCES). */
export const freePort = async (wanted = 0): Promise<number> => {
  if (wanted !== 0) return tryPort(wanted);
  for (let attempt = 1; ; attempt++)
    try {
      return await tryPort(randomInt(lowest, highest));
    } catch (error) {
      if (attempt === 100) throw error;
    }
};
