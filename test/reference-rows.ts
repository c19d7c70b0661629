import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { referenceData } from './reference-data.ts';

/** Rows of a compressed CSV file of the reference data; none where it is missing. */
export const referenceRows = (path: string): Record<string, string>[] => {
  const file = referenceData(path);
  return file ? parse(gunzipSync(readFileSync(file)), { columns: true }) : [];
};

/** A `reference.json`; empty where it is missing. */
export const reference = (folder: string): Record<string, unknown> => {
  const file = referenceData(`${folder}/reference.json`);
  return file ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : {};
};

/** Of a compressed file of columns split by blanks: for each customer the sum of the whole units of its rows' amounts. */
export const wholeUnits = (file: string, customer: number, amount: number): Map<string, number> => {
  const sums = new Map<string, number>();
  for (const line of gunzipSync(readFileSync(file)).toString().split('\n')) {
    const cells = line.trim().split(/\s+/);
    const id = cells[customer];
    if (id !== undefined) sums.set(id, (sums.get(id) ?? 0) + Math.floor(Number(cells[amount])));
  }
  return sums;
};
