import { createHash } from 'node:crypto';

/** A name as two people would call it equal: width, case, blanks and punctuation do not count, in Chinese neither. */
export const normalised = (name: string): string => {
  const folded = name.normalize('NFKC').toUpperCase().toLowerCase();
  return folded.replace(/[\p{P}\p{Z}\p{C}]+/gu, '') || folded.trim();
};

/** Stands for a normalised name where a name must not stand: in keys. */
export const nameKey = (name: string): string => createHash('sha256').update(normalised(name)).digest('hex');
