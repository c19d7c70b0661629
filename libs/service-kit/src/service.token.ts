import { readFile, stat } from 'node:fs/promises';

/** How often a file is looked at. */
const believedMs = 5_000;

/**
 * The token of a service's own calls, from a file that somebody renews; read again when it changed.
 * The function gives an `Authorization` header. @throws Error of node:fs where the file can't be read
 */
export const serviceToken = (file: string, now: () => number = Date.now): (() => Promise<string>) => {
  let header = '';
  let modified = -1;
  let lookedAt = -Infinity;
  return async () => {
    if (now() - lookedAt < believedMs) return header;
    const { mtimeMs } = await stat(file);
    if (mtimeMs !== modified) header = `Bearer ${(await readFile(file, 'utf8')).trim()}`;
    modified = mtimeMs;
    lookedAt = now();
    return header;
  };
};
