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
