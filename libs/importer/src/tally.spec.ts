import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RowRefused } from './fault.js';
import { progressLine } from './progress.js';
import { reportOf } from './report.js';
import { refusalOf, Tally } from './tally.js';

const problem = {
  type: '/problems/invalid',
  status: 422,
  detail: 'The request breaks a rule.',
  errors: [{ field: 'lines[0].quantity', rule: 'string.pattern', message: 'must be "decimal" text' }],
};

describe('the report of an import', () => {
  it('names line, field and reason of every refused row, in a file that any table program reads', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'guanxi-tally-')), 'refused.csv');
    const tally = new Tally(file);
    tally.refuse(refusalOf(3, problem));
    await tally.attempt(9, () => Promise.reject(new RowRefused('ordered_at', 'not-a-date', 'Is no date of the stated pattern.')));
    tally.refuse(refusalOf(12, problem));
    tally.close();
    expect(readFileSync(file, 'utf8').split('\n')).toEqual([
      'line,field,reason,message',
      '3,lines[0].quantity,invalid,"must be ""decimal"" text"',
      '9,ordered_at,not-a-date,Is no date of the stated pattern.',
      '12,lines[0].quantity,invalid,"must be ""decimal"" text"',
      '',
    ]);
    expect(tally.summary()[0]).toBe('  2 × invalid (lines[0].quantity), first in line 3: must be "decimal" text');
    expect(tally.counts.refused).toBe(2 + 1);
  });

  it('lets errors through that are no refusals', async () => {
    await expect(new Tally(undefined).attempt(1, () => Promise.reject(new TypeError('bug')))).rejects.toThrow('bug');
  });

  it('says what became of the rows', () => {
    const counts = { rows: 69_659, done: 69_000, again: 600, skipped: 50, refused: 9, registered: 23_570, known: 0, enrolled: 23_000, members: 570 };
    const text = reportOf('orders', { counts, seconds: 30, refusals: ['  9 × invalid'], behindMs: 0 }, { dryRun: false });
    expect(text.split('\n')).toEqual([
      'orders: 69,659 rows in 30.0 s (2,320/s)',
      '  69,000  imported',
      '     600  imported before',
      '      50  passed over',
      '       9  refused',
      '  23,570  customers registered',
      '       0  customers known before',
      '  23,000  customers enrolled',
      '     570  members before',
      'Refused:',
      '  9 × invalid',
      '--refused file.csv lists all of them.',
    ]);
  });

  it('shows progress with a rate and the time that is left', () => {
    expect(progressLine(0.25, 20_000, 3, 10)).toBe('██████░░░░░░░░░░░░░░░░░░  25 % · 20,000 rows · 2,000/s · 0:30 left · 3 refused');
  });
});
