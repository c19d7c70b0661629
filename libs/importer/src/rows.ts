import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { Transform, type Readable, type TransformCallback } from 'node:stream';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { ImportFault, RowRefused } from './fault.js';
import { LineCounter } from './line-counter.js';
import type { Mapping } from './mapping.js';
import type { Row } from './template.js';

/** A row; one that cannot be read comes with its fault. */
export type FileRow = Row & { readonly fault?: RowRefused };

/** A file being read. */
export interface Rows {
  readonly columns: readonly string[];
  /** Rows in their order. */
  readonly rows: AsyncIterable<FileRow>;
  /** Where the row that was given last ends, as a share of the file: 0 to 1. */
  readonly share: () => number;
}

const gzipMagic = 0x8b1f;

/** Is the file compressed, and how long is its text? gzip ends with that length (modulo 4 GiB). */
const lengthOf = (file: string, size: number): { gzip: boolean; length: number } => {
  const ends = Buffer.alloc(6);
  const handle = openSync(file, 'r');
  readSync(handle, ends, 0, 2, 0);
  readSync(handle, ends, 2, 4, Math.max(0, size - 4));
  closeSync(handle);
  const gzip = ends.readUInt16LE(0) === gzipMagic;
  return { gzip, length: gzip ? ends.readUInt32LE(2) : size };
};

/** Lets UTF-8 through as it is: bytes that are none must not become other characters unseen. */
const checked = (onChunk: (chunk: Buffer) => void): Transform => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const check = (chunk: Buffer | undefined, done: TransformCallback): void => {
    try {
      decoder.decode(chunk, { stream: chunk !== undefined });
      if (chunk) onChunk(chunk);
      done(null, chunk);
    } catch {
      done(new ImportFault('The file is not UTF-8 text; convert it first.'));
    }
  };
  return new Transform({ transform: (chunk: Buffer, _, done) => check(chunk, done), flush: (done) => check(undefined, done) });
};

const open = (file: string): { text: Readable; lines: LineCounter; length: number } => {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats?.isFile()) throw new ImportFault(`There is no file ${file}.`);
  const lines = new LineCounter();
  const raw = createReadStream(file, { highWaterMark: 1 << 18 });
  const { gzip, length } = lengthOf(file, stats.size);
  const stages = [...(gzip ? [createGunzip()] : []), checked((chunk) => lines.pass(chunk))];
  const text = stages.reduce<Readable>((from, to) => {
    from.on('error', (error) => to.destroy(error));
    return from.pipe(to);
  }, raw);
  return { text, lines, length };
};

interface Parsed {
  readonly line: number;
  /** Bytes of the file up to the row's end. */
  readonly end: number;
  readonly cells: readonly string[];
  readonly fault?: RowRefused;
}

const feedsIn = (cells: readonly string[]): number => cells.reduce((sum, cell) => sum + (cell.includes('\n') ? cell.split('\n').length - 1 : 0), 0);

const quotes: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'A quote opens and is never closed; what follows was not read.',
};

/** RFC 4180: quotes hold delimiters and line ends. A row whose quotes are wrong is refused, the next ones are read on. */
async function* separated(text: Readable, lines: LineCounter, delimiter: string): AsyncGenerator<Parsed> {
  const parser = parse({ delimiter, bom: true, relax_column_count: true, skip_empty_lines: true, skip_records_with_error: true, info: true });
  const wrong: { code: string; bytes: number }[] = [];
  parser.on('skip', (it: { code: string; bytes: number }) => wrong.push(it));
  const faulty = ({ code, bytes }: { code: string; bytes: number }): Parsed => {
    const fault = new RowRefused('', 'quotes', quotes[code] ?? 'A quote opens or closes in the wrong place.');
    return { line: lines.lineOf(bytes, 0), end: bytes, cells: [], fault };
  };
  text.on('error', (error) => parser.destroy(error));
  for await (const { record, info } of text.pipe(parser) as AsyncIterable<{ record: string[]; info: { bytes: number } }>) {
    // The parser runs ahead of us, and tells faults at once.
    while (wrong[0] && wrong[0].bytes < info.bytes) yield faulty(wrong.shift()!);
    yield { line: lines.lineOf(info.bytes, feedsIn(record)), end: info.bytes, cells: record };
  }
  for (const it of wrong) yield faulty(it);
}

/** Columns split by runs of blanks, as old fixed-width files have them; there are no quotes. */
async function* blankSeparated(text: Readable): AsyncGenerator<Parsed> {
  let [line, end] = [0, 0];
  for await (const it of createInterface({ input: text, crlfDelay: Infinity })) {
    line++;
    end += Buffer.byteLength(it) + 1;
    if (it.trim()) yield { line, end, cells: it.trim().split(/[ \t]+/) };
  }
}

async function* numbered(parsed: AsyncIterable<Parsed>, width: number, read: { bytes: number }): AsyncGenerator<FileRow> {
  let number = 0;
  for await (const it of parsed) {
    number++;
    read.bytes = it.end;
    const wrong =
      it.fault ?? (it.cells.length === width ? undefined : new RowRefused('', 'columns', `Has ${it.cells.length} cells; ${width} are expected.`));
    yield { line: it.line, number, cells: it.cells, ...(wrong && { fault: wrong }) };
  }
}

const delimiters: Readonly<Record<string, string>> = { tab: '\t' };

/** Opens a file, gzip or not, and reads its columns' names. @throws ImportFault */
export const openRows = async (file: string, { delimiter, header, columns }: Pick<Mapping, 'delimiter' | 'header' | 'columns'>): Promise<Rows> => {
  const { text, lines, length } = open(file);
  const parsed = delimiter === 'blanks' ? blankSeparated(text) : separated(text, lines, delimiters[delimiter] ?? delimiter);
  const named = header ?? !columns;
  if (!named && !columns) throw new ImportFault('A file without a header needs --columns.');
  const first = named ? await parsed.next() : undefined;
  if (first?.done) throw new ImportFault(`The file ${file} is empty.`);
  const names = columns ?? first?.value.cells.map((cell) => cell.trim()) ?? [];
  const read = { bytes: 0 };
  const rows = numbered({ [Symbol.asyncIterator]: () => parsed }, names.length, read);
  return { columns: names, rows, share: () => Math.min(1, read.bytes / Math.max(1, length)) };
};
