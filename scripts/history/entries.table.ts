import { stripVTControlCharacters } from 'node:util';
import type { Entry } from './entries.ts';

/** How entries are shown. */
export interface TableOptions {
  /** Columns of the terminal. */
  readonly width: number;
  /** Also what each event says. */
  readonly data: boolean;
}

/** A character of Chinese takes two columns. */
const wide = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
const columnsOf = (text: string): number => [...text].reduce((sum, it) => sum + (wide.test(it) ? 2 : 1), 0);

const fitted = (text: string, columns: number): string => {
  if (columnsOf(text) <= columns) return text;
  let out = '';
  let used = 0;
  for (const it of text) {
    used += wide.test(it) ? 2 : 1;
    if (used > columns - 1) break;
    out += it;
  }
  return `${out}…`;
};

const padded = (text: string, columns: number): string => {
  const cut = fitted(text, columns);
  return cut + ' '.repeat(Math.max(0, columns - columnsOf(cut)));
};

const harmless = (text: string): string => stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, ' ');

/** Local time, to the second. */
const when = (time: string): string => {
  const at = new Date(time);
  const two = (it: number): string => String(it).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};

const who = ({ actor, actorKind, role }: Entry): string => `${actor || '?'} (${(role || actorKind).toLowerCase().replaceAll('_', ' ')})`;
const lastOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** Prints entries, two lines each: when, who, what; then where it stands and why. What people wrote cannot steer the terminal. */
export const tableOf = ({ width, data }: TableOptions): ((entry: Entry) => string) => {
  /** Where the events stand that were shown, since later ones name them as their cause. */
  const shown = new Map<string, string>();
  const why = ({ command, causationId }: Entry): string => {
    const asked = command ? lastOf(command) : 'no command';
    return causationId ? `${asked}, after ${shown.get(causationId) ?? causationId.slice(0, 8)}` : asked;
  };
  return (entry) => {
    const { service, position, time, title, type, subject, version, eventId } = entry;
    shown.set(eventId, `${service} ${position}`);
    const lines = [
      `${when(time)}  ${padded(who(entry), 34)}  ${title || lastOf(type)}`,
      `${' '.repeat(19)}  ${padded(why(entry), 34)}  ${service} ${position} · ${subject} · version ${version}`,
    ].map((it) => fitted(harmless(it), width));
    const said = Object.entries(entry.data).map(
      ([name, value]) => `${' '.repeat(21)}${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
    return [...lines, ...(data ? said.map(harmless) : [])].join('\n');
  };
};
