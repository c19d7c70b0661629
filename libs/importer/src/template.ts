import { ImportFault } from './fault.js';

/** A row of a file: where it begins (line from 1), which data row it is (from 1), and its cells in the columns' order. */
export interface Row {
  readonly line: number;
  readonly number: number;
  readonly cells: readonly string[];
}

/** Reads one text from a row. */
export type ReadText = (row: Row) => string;

/** Where a column stands. @throws ImportFault where the file has no such column */
export const columnAt = (name: string, columns: readonly string[]): number => {
  const at = columns.indexOf(name);
  if (at < 0) throw new ImportFault(`The file has no column "${name}". It has: ${columns.join(', ')}.`);
  return at;
};

const cell = (name: string, columns: readonly string[]): ReadText => {
  const at = columnAt(name, columns);
  return ({ cells }) => cells[at] ?? '';
};

/** `column`, or a text with `{column}` and `{#}` (the row's number) in it. A template with an empty cell in it is empty as a whole. */
export const textReader = (text: string, columns: readonly string[]): ReadText => {
  if (!text.includes('{')) return cell(text, columns);
  const parts = text.split(/\{([^{}]+)\}/).map((part, i): string | ReadText => {
    if (i % 2 === 0) return part;
    return part === '#' ? ({ number }) => `${number}` : cell(part, columns);
  });
  return (row) => {
    const texts = parts.map((part) => (typeof part === 'string' ? part : part(row).trim()));
    return texts.some((it, i) => i % 2 === 1 && it === '') ? '' : texts.join('');
  };
};
