import { describe, it, expect } from '@jest/globals';
import { filled, recordData } from '@guanxi/contracts/json';
import { readRecord, streamOf, writeRecord, type Draft } from './record.js';
import { ThingHappened } from './testing/kinds.js';

const time = '2026-11-22T08:00:00.123Z';
const textOf = (draft: Draft): string => {
  const { head, tail } = writeRecord(draft);
  return head + time + tail;
};

const bare: Draft = {
  id: '01993b1e-0000-7000-8000-000000000001',
  source: '/guanxi/accounts',
  type: 'guanxi.accounts.v1.OrderVoided',
  subject: 'order/6c1f0000-0000-5000-8000-000000000002',
  streamversion: 2,
  schemaversion: 1,
  data: {},
};
const byOperator: Draft = {
  ...bare,
  customer: '0b2e0000-0000-5000-8000-000000000003',
  segment: 'default',
  actor: 'op-17',
  actorkind: 'OPERATOR',
  role: 'SALESPERSON',
  command: 'guanxi.accounts.v1.VoidOrder',
  commandid: '7d0c0000-0000-5000-8000-000000000004',
  correlationid: '7d0c0000-0000-5000-8000-000000000004',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  data: { reason: 'typed twice' },
};

describe('a record, byte for byte', () => {
  it('leaves absent attributes out', () =>
    expect(textOf(bare)).toBe(
      '{"specversion":"1.0","id":"01993b1e-0000-7000-8000-000000000001","source":"/guanxi/accounts","type":"guanxi.accounts.v1.OrderVoided",' +
        '"subject":"order/6c1f0000-0000-5000-8000-000000000002","time":"2026-11-22T08:00:00.123Z","datacontenttype":"application/json",' +
        '"streamversion":2,"schemaversion":1,"data":{}}',
    ));

  it("says who did what for whom in a person's command", () =>
    expect(textOf(byOperator)).toBe(
      '{"specversion":"1.0","id":"01993b1e-0000-7000-8000-000000000001","source":"/guanxi/accounts","type":"guanxi.accounts.v1.OrderVoided",' +
        '"subject":"order/6c1f0000-0000-5000-8000-000000000002","time":"2026-11-22T08:00:00.123Z","datacontenttype":"application/json",' +
        '"streamversion":2,"schemaversion":1,"customer":"0b2e0000-0000-5000-8000-000000000003","segment":"default","actor":"op-17",' +
        '"actorkind":"OPERATOR","role":"SALESPERSON","command":"guanxi.accounts.v1.VoidOrder","commandid":"7d0c0000-0000-5000-8000-000000000004",' +
        '"correlationid":"7d0c0000-0000-5000-8000-000000000004","traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",' +
        '"data":{"reason":"typed twice"}}',
    ));

  it('names the cause of what a policy did', () =>
    expect(
      textOf({
        ...byOperator,
        actor: 'follow-up',
        actorkind: 'SYSTEM',
        role: undefined,
        traceparent: undefined,
        causationid: '01993b1e-0000-7000-8000-000000000009',
      }),
    ).toBe(
      '{"specversion":"1.0","id":"01993b1e-0000-7000-8000-000000000001","source":"/guanxi/accounts","type":"guanxi.accounts.v1.OrderVoided",' +
        '"subject":"order/6c1f0000-0000-5000-8000-000000000002","time":"2026-11-22T08:00:00.123Z","datacontenttype":"application/json",' +
        '"streamversion":2,"schemaversion":1,"customer":"0b2e0000-0000-5000-8000-000000000003","segment":"default","actor":"follow-up",' +
        '"actorkind":"SYSTEM","command":"guanxi.accounts.v1.VoidOrder","commandid":"7d0c0000-0000-5000-8000-000000000004",' +
        '"correlationid":"7d0c0000-0000-5000-8000-000000000004","causationid":"01993b1e-0000-7000-8000-000000000009","data":{"reason":"typed twice"}}',
    ));

  it('carries what is sealed beside the data', () =>
    expect(textOf({ ...bare, sealedfor: '0b2e0000-0000-5000-8000-000000000003', sealed: 'eyJhbGciOiJkaXIifQ..iv.text.tag' })).toBe(
      '{"specversion":"1.0","id":"01993b1e-0000-7000-8000-000000000001","source":"/guanxi/accounts","type":"guanxi.accounts.v1.OrderVoided",' +
        '"subject":"order/6c1f0000-0000-5000-8000-000000000002","time":"2026-11-22T08:00:00.123Z","datacontenttype":"application/json",' +
        '"streamversion":2,"schemaversion":1,"sealedfor":"0b2e0000-0000-5000-8000-000000000003","sealed":"eyJhbGciOiJkaXIifQ..iv.text.tag","data":{}}',
    ));

  it('writes Chinese as it is, and escapes only what JSON must', () =>
    expect(textOf({ ...bare, data: { reason: '客户退货：“质量问题”\n\t\\ 😀 /' } })).toBe(
      '{"specversion":"1.0","id":"01993b1e-0000-7000-8000-000000000001","source":"/guanxi/accounts","type":"guanxi.accounts.v1.OrderVoided",' +
        '"subject":"order/6c1f0000-0000-5000-8000-000000000002","time":"2026-11-22T08:00:00.123Z","datacontenttype":"application/json",' +
        '"streamversion":2,"schemaversion":1,"data":{"reason":"客户退货：“质量问题”\\n\\t\\\\ 😀 /"}}',
    ));

  it('prints every kind of field by number, defaults left out, instants with three digits', () => {
    const data = recordData(ThingHappened, {
      first: { amountMinor: '0', product: '茶' },
      digest: 'AQID',
      late: false,
      note: '',
      shares: { b: 2, a: 1 },
      tags: ['x', ''],
      lines: [{ amountMinor: '-9007199254740993', product: 'tea' }, {}],
      status: 'CLOSED',
      sure: true,
      big: '18446744073709551615',
      count: -7,
      amountMinor: '1177',
      happenedAt: '2026-11-22T16:00:00.1009+08:00',
      thingId: '6c1f0000-0000-5000-8000-000000000002',
    });
    expect(textOf({ ...bare, type: ThingHappened.typeName, data })).toBe(
      '{"specversion":"1.0","id":"01993b1e-0000-7000-8000-000000000001","source":"/guanxi/accounts","type":"guanxi.kinds.v1.ThingHappened",' +
        '"subject":"order/6c1f0000-0000-5000-8000-000000000002","time":"2026-11-22T08:00:00.123Z","datacontenttype":"application/json",' +
        '"streamversion":2,"schemaversion":1,"data":{"thingId":"6c1f0000-0000-5000-8000-000000000002","happenedAt":"2026-11-22T08:00:00.100Z",' +
        '"amountMinor":"1177","count":-7,"big":"18446744073709551615","sure":true,"status":"CLOSED",' +
        '"lines":[{"product":"tea","amountMinor":"-9007199254740993"},{}],"tags":["x",""],"shares":{"b":2,"a":1},"note":"","late":false,' +
        '"digest":"AQID","first":{"product":"茶"}}}',
    );
  });
});

describe('reading a record', () => {
  it('gives back what was written', () => {
    const read = readRecord(textOf(byOperator));
    expect(read).toMatchObject({ ...byOperator, time });
    expect(streamOf(read)).toBe('6c1f0000-0000-5000-8000-000000000002');
  });

  it('lets the contract fill what an old record left out', () =>
    expect(filled(ThingHappened, readRecord(textOf(bare)).data)).toMatchObject({
      count: 0,
      amountMinor: '0',
      tags: [],
      status: 'STATUS_UNSPECIFIED',
    }));

  it.each(['', 'null', '[]', '{"type":"x"}', '{"data":{}}', '{"type":"x","data":null}', 'not JSON'])('refuses %s', (text) =>
    expect(() => readRecord(text)).toThrow(),
  );
});

describe('upcasters', () => {
  const upcasters = {
    'guanxi.accounts.v1.OrderVoided': [
      ({ reason, ...data }: Record<string, unknown>) => ({ ...data, why: reason }),
      (data: Record<string, unknown>) => ({ ...data, why: String(data.why).toUpperCase() }),
    ],
  };
  const stored = (schemaversion: number, data: Record<string, unknown>): string => textOf({ ...bare, schemaversion, data });

  it('lift a golden record of each version to the present one', () => {
    expect(readRecord(stored(1, { reason: 'typed twice' }), upcasters).data).toEqual({ why: 'TYPED TWICE' });
    expect(readRecord(stored(2, { why: 'typed twice' }), upcasters).data).toEqual({ why: 'TYPED TWICE' });
    expect(readRecord(stored(3, { why: 'typed twice' }), upcasters).data).toEqual({ why: 'typed twice' });
  });

  it('refuse what a newer build wrote', () => {
    expect(() => readRecord(stored(4, {}), upcasters)).toThrow('schema version 4, this build knows 3');
    expect(() => readRecord(stored(2, {}))).toThrow('schema version 2, this build knows 1');
  });
});
