import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments } from './arguments.js';
import { importFile } from './import.js';

interface Line {
  readonly command: string;
  readonly idempotencyKey: string;
  readonly request: { readonly externalRef?: { readonly id: string }; readonly accountRef?: { readonly id: string } };
}

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A house that takes every line, but for who is a member already, and writes down what it was told. */
const house = async (told: string[], members: readonly string[]) => {
  server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      if (request.method === 'GET') return response.end('{"parts":[]}');
      const lines = text.split('\n').filter(Boolean);
      const answers = lines.map((it, n) => {
        const { command, request: asked, idempotencyKey } = JSON.parse(it) as Line;
        told.push(`${command.slice(command.lastIndexOf('.') + 1)} ${(asked.externalRef ?? asked.accountRef)?.id} ${idempotencyKey}`);
        const problem = { type: '/problems/already-enrolled', status: 409 };
        const refused = command.endsWith('.Enrol') && members.includes(asked.accountRef?.id ?? '');
        return JSON.stringify(refused ? { line: n + 1, ok: false, problem } : { line: n + 1, ok: true, result: {} });
      });
      response.end(answers.join('\n') + '\n');
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: () => 't' };
};

const screen = { isTTY: false, write: () => undefined };
const importing = async (kind: string, rows: readonly string[], options: readonly string[], members: readonly string[] = []) => {
  const file = join(mkdtempSync(join(tmpdir(), 'guanxi-import-')), 'rows.csv');
  writeFileSync(file, ['id,customer', ...rows].join('\n'));
  const told: string[] = [];
  const { mapping, enrol } = readArguments([kind, file, '--ref', 'x:{id}', ...options]);
  const { counts } = await importFile({ kind, file, mapping, door: await house(told, members), enrols: enrol, screen });
  return { told, counts };
};
const order = [
  '--map',
  'account_ref=x:{customer}',
  '--set',
  'currency=USD,lines.product=CD,lines.quantity=1,lines.amount=1,ordered_at=2026-01-01T00:00:00Z',
];

describe('customers on the way', () => {
  it('are registered, then enrolled, then their first row comes; once each', async () => {
    const { told, counts } = await importing('orders', ['1,a', '2,a', '3,b'], [...order, '--set', 'kind=PERSON', '--enrol'], ['b']);
    expect(told).toEqual([
      'RegisterAccount a import:account:x:a',
      'Enrol a import:member:x:a',
      'RecordOrder 1 import:order:x:1',
      'RecordOrder 2 import:order:x:2',
      'RegisterAccount b import:account:x:b',
      'Enrol b import:member:x:b',
      'RecordOrder 3 import:order:x:3',
    ]);
    expect(counts).toMatchObject({ done: 3, registered: 2, enrolled: 1, members: 1, refused: 0 });
  });
  it('are enrolled where they are there already', async () => {
    const { told } = await importing('orders', ['1,a', '2,a'], [...order, '--enrol']);
    expect(told.map((it) => it.split(' ')[0])).toEqual(['Enrol', 'RecordOrder', 'RecordOrder']);
  });
  it('are enrolled after their own row where they are what is imported', async () => {
    const { told } = await importing('accounts', ['1,a'], ['--set', 'kind=PERSON,display_name=x', '--enrol']);
    expect(told).toEqual(['RegisterAccount 1 import:account:x:1', 'Enrol 1 import:member:x:1']);
  });
  it('are left alone where nobody asks', async () => {
    const { told } = await importing('orders', ['1,a'], order);
    expect(told).toEqual(['RecordOrder 1 import:order:x:1']);
  });
});
