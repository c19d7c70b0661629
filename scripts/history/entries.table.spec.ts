import { describe, expect, it } from '@jest/globals';
import { tableOf } from './entries.table.ts';
import type { Entry } from './entries.ts';

const entry: Entry = {
  ...{ service: 'accounts', position: '5', time: '2026-03-01T12:00:00.000Z', type: 'guanxi.accounts.v1.OrderRecorded' },
  ...{ title: 'An order was recorded · 订单已登记', subject: 'order/1', version: 1, actor: 'op-17', actorKind: 'OPERATOR', role: 'SERVICE_AGENT' },
  ...{
    command: 'guanxi.accounts.v1.RecordOrder',
    commandId: 'c-1',
    correlationId: 'c-1',
    causationId: '',
    eventId: 'e-1',
    data: { amountMinor: '5' },
  },
};
const earned: Entry = {
  ...entry,
  service: 'loyalty',
  position: '2',
  actor: 'earning',
  role: '',
  actorKind: 'SYSTEM',
  command: 'x.EarnPoints',
  causationId: 'e-1',
  eventId: 'e-2',
};

describe('an event in the terminal', () => {
  it('says when, who in which role, what, and why, on two lines', () => {
    const [first = '', second = '', ...more] = tableOf({ width: Infinity, data: false })(entry).split('\n');
    expect(first).toMatch(/^2026-03-01 \d\d:00:00 {2}op-17 \(service agent\) +An order was recorded · 订单已登记$/);
    expect(second).toMatch(/^ +RecordOrder +accounts 5 · order\/1 · version 1$/);
    expect(more).toEqual([]);
  });
  it('names the event that it follows from by its place where that was shown, else by its id', () => {
    const table = tableOf({ width: Infinity, data: false });
    expect(table(earned)).toMatch(/earning \(system\)[^]*EarnPoints, after e-1 /);
    table(entry);
    expect(table(earned)).toMatch(/EarnPoints, after accounts 5 /);
  });
  it('fits the terminal, a Chinese character taking two columns', () => {
    const [line = ''] = tableOf({ width: 76, data: false })({ ...entry, title: '客户已登记'.repeat(9) }).split('\n');
    expect([...line].reduce((sum, it) => sum + (/[\u4e00-\u9fff]/.test(it) ? 2 : 1), 0)).toBeLessThanOrEqual(76);
    expect(line).toMatch(/…$/);
  });
  it('shows what it says where asked to, and lets nobody’s text steer the terminal', () => {
    const sly = { ...entry, actor: '\u001b[2Jop\b\u0007', data: { facts: 'wet\u001b[31m tea\r\nfrom 王', lines: [{ product: '茶' }] } };
    const text = tableOf({ width: Infinity, data: true })(sly);
    expect(text).toContain('facts: wet tea from 王');
    expect(text).toContain('lines: [{"product":"茶"}]');
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});
