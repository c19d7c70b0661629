import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments } from './arguments.js';

const least = ['orders', 'file.csv', '--ref', 'cdnow:{#}'];

describe('the command line of an import', () => {
  it('is read into one mapping', () => {
    const { kind, file, mapping, dryRun, enrol, refused } = readArguments([
      ...least,
      ...['--map', 'account_ref=cdnow:{id},ordered_at=date', '--map', 'lines.amount=Amount, gross', '--set', 'currency=USD,lines.product=CD'],
      ...['--delimiter', 'blanks', '--no-header', '--columns', 'id, date,Amount', '--date', 'yyyyMMdd', '--date', 'closed_at:HH:mm yyyy'],
      ...['--zone', 'Asia/Shanghai', '--enum', 'channel:Web=ONLINE,Postal mail=LETTER', '--enum', 'lines.product:GTXPro=GTX Pro'],
      ...['--round', '--skip-if', 'id=0', '--skip-if', 'stage!=Won', '--dry-run', '--enrol', '--refused', 'out.csv'],
    ]);
    expect({ kind, file, dryRun, enrol, refused }).toEqual({ kind: 'orders', file: 'file.csv', dryRun: true, enrol: true, refused: 'out.csv' });
    expect({ ...mapping }).toEqual({
      ref: 'cdnow:{#}',
      map: { account_ref: 'cdnow:{id}', ordered_at: 'date', 'lines.amount': 'Amount, gross' },
      set: { currency: 'USD', 'lines.product': 'CD' },
      delimiter: 'blanks',
      header: false,
      columns: ['id', 'date', 'Amount'],
      date: { '*': 'yyyyMMdd', closed_at: 'HH:mm yyyy' },
      zone: 'Asia/Shanghai',
      enum: { channel: { Web: 'ONLINE', 'Postal mail': 'LETTER' }, 'lines.product': { GTXPro: 'GTX Pro' } },
      round: true,
      minor: false,
      skipIf: ['id=0', 'stage!=Won'],
    });
  });

  it('may come from a mapping file, over which the options go', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'guanxi-mapping-')), 'm.json');
    writeFileSync(file, JSON.stringify({ ref: 'a:{id}', map: { category: 'Issue' }, set: { channel: 'OTHER' }, delimiter: ';', skipIf: ['id='] }));
    const { mapping } = readArguments(['complaints', 'f', '--mapping', file, '--set', 'channel=FAX', '--skip-if', 'x=1']);
    expect(mapping).toMatchObject({ ref: 'a:{id}', map: { category: 'Issue' }, set: { channel: 'FAX' }, delimiter: ';', skipIf: ['id=', 'x=1'] });
    writeFileSync(file, '{"colour": 1}');
    expect(() => readArguments(['complaints', 'f', '--mapping', file])).toThrow('colour');
    expect(() => readArguments(['complaints', 'f', '--mapping', `${file}.none`])).toThrow('cannot be read');
  });

  it.each([
    ['no file', ['orders', '--ref', 'a:{#}'], 'from where'],
    ['no reference', ['orders', 'f'], 'ref'],
    ['a field without a value', [...least, '--map', 'x'], '--map wants'],
    ['half a translation', [...least, '--enum', 'channel'], '--enum wants'],
    ['an unknown option', [...least, '--colour'], '--colour'],
  ])('is refused with %s', (_, args, word) => expect(() => readArguments(args)).toThrow(word));
});
