import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openRows, type FileRow } from './rows.js';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'guanxi-rows-'))));
afterAll(() => rmSync(folder, { recursive: true }));

let made = 0;
const read = async (content: string | Buffer, how: { delimiter?: string; header?: boolean; columns?: string[] } = {}) => {
  const file = join(folder, `${++made}`);
  writeFileSync(file, content);
  const { columns, rows, share } = await openRows(file, { delimiter: ',', ...how });
  const all: FileRow[] = [];
  for await (const row of rows) all.push(row);
  return { columns, all, share: share() };
};

describe('the rows of a file', () => {
  it('may hold delimiters, quotes and line ends inside quotes, and keep the line where they begin', async () => {
    const { columns, all, share } = await read('id,text\r\n1,"a ""b"", c\r\nd"\r\n\r\n2,x\r\n');
    expect(columns).toEqual(['id', 'text']);
    expect(all).toEqual([
      { line: 2, number: 1, cells: ['1', 'a "b", c\r\nd'] },
      { line: 5, number: 2, cells: ['2', 'x'] },
    ]);
    expect(share).toBe(1);
  });

  it('may be compressed, with or without a name that says so, and begin with a byte order mark', async () => {
    const { columns, all } = await read(gzipSync('\ufeffid;text\n1;甲\n'), { delimiter: ';' });
    expect(columns).toEqual(['id', 'text']);
    expect(all[0]?.cells).toEqual(['1', '甲']);
  });

  it('may be split by runs of blanks', async () => {
    const { columns, all } = await read('\ufeff customer_id  date cds\r\n 00001 19970101  1\r\n\r\n 00002 19970112  5', { delimiter: 'blanks' });
    expect(columns).toEqual(['customer_id', 'date', 'cds']);
    expect(all).toEqual([
      { line: 2, number: 1, cells: ['00001', '19970101', '1'] },
      { line: 4, number: 2, cells: ['00002', '19970112', '5'] },
    ]);
  });

  it('may come without a header, or have their columns named anew', async () => {
    expect((await read('1\t2\n', { delimiter: 'tab', columns: ['a', 'b'] })).all).toHaveLength(1);
    expect((await read('x,y\n1,2\n', { header: true, columns: ['a', 'b'] })).columns).toEqual(['a', 'b']);
    await expect(read('1,2\n', { header: false })).rejects.toThrow('--columns');
  });

  it('are refused one by one where cells are missing or quotes are wrong', async () => {
    const { all } = await read('a,b\n1\n2,x\n3,y"z\n4,w\n');
    expect(all.map(({ line, fault }) => [line, fault?.reason])).toEqual([
      [2, 'columns'],
      [3, undefined],
      [4, 'quotes'],
      [5, undefined],
    ]);
    const unclosed = await read('a,b\n1,"x\n2,y\n');
    expect(unclosed.all.map(({ line, fault }) => [line, fault?.message])).toEqual([[2, expect.stringContaining('never closed')]]);
  });

  it('must be UTF-8, in a file that is there and not empty', async () => {
    await expect(read(Buffer.from([0x61, 0x2c, 0x62, 0x0a, 0xff, 0x0a]))).rejects.toThrow('UTF-8');
    await expect(read(Buffer.from([0x61, 0x0a, 0xff, 0x0a]), { delimiter: 'blanks' })).rejects.toThrow('UTF-8');
    await expect(read('')).rejects.toThrow('empty');
    await expect(openRows(join(folder, 'none'), { delimiter: ',' })).rejects.toThrow('no file');
  });
});
