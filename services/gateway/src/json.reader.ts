import { isUtf8 } from 'node:buffer';
import { unreadable } from './refusal.js';

export type JsonObject = Record<string, unknown>;

/** Deeper than any contract; the walk below is recursive. */
const deepest = 64;
const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/** Colons outside of strings: as many as the text has members. */
const membersIn = (text: string): number => {
  let members = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === quote) inString = !inString;
    else if (char === colon && !inString) members++;
    else if (char === backslash) i++;
  }
  return members;
};

const membersOf = (value: unknown, depth = 0): number => {
  if (value === null || typeof value !== 'object') return 0;
  if (depth === deepest) throw unreadable('unreadable', `JSON of more than ${deepest} levels is not read.`);
  let members = 0;
  if (Array.isArray(value)) for (const item of value) members += membersOf(item, depth + 1);
  else for (const key of Object.keys(value)) members += 1 + membersOf((value as JsonObject)[key], depth + 1);
  return members;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable('unreadable', 'This is not JSON.');
  }
};

/** The JSON object in these bytes, read strictly. @throws Refusal 400 that never quotes what it read */
export const readObject = (bytes: Buffer): JsonObject => {
  if (!isUtf8(bytes)) throw unreadable('unreadable', 'This is not UTF-8.');
  const text = bytes.toString('utf8');
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable('unreadable', 'This is not a JSON object.');
  // JSON.parse keeps the last of two equal keys, so that the text has more members than the value.
  if (membersOf(value) !== membersIn(text)) throw unreadable('repeated-key', 'An object names a key twice.');
  return value as JsonObject;
};
