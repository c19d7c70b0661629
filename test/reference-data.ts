import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Path of a file of the shared reference data, beside this repository; undefined where it is missing, and says so loudly.
 * Use: `const file = referenceData('purchases_cdnow/reference.json'); (file ? it : it.skip)('…', …)`.
 */
export const referenceData = (path: string): string | undefined => {
  const file = join(import.meta.dirname, '../../shared/data', path);
  if (existsSync(file)) return file;
  console.warn(`SKIPPED: the reference data ${path} is not beside this repository (../shared/data); tests on it do not run.`);
  return undefined;
};
