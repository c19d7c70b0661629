import { describe, expect, it } from '@jest/globals';
import { accessOf, contracts, registry, sourceOf } from './services.js';
import { compile } from './testing/compile.js';

const planted = (text: string) =>
  registry(
    compile({ 'guanxi/testing/v1/thing.proto': `syntax = "proto3"; package guanxi.testing.v1; import "guanxi/common/v1/access.proto"; ${text}` })
      .files,
  );

describe('the registry', () => {
  it('finds a command by its request’s full name', () => {
    const found = contracts.commands.get('guanxi.accounts.v1.RecordOrder');
    expect([found?.service.typeName, found?.method.localName]).toEqual(['guanxi.accounts.v1.OrderCommands', 'recordOrder']);
  });

  it('finds an event by its full name, with its source, its case and its message of cases', () => {
    const found = contracts.events.get('guanxi.accounts.v1.OrderRecorded');
    expect([found?.source, found?.name, found?.events.name]).toEqual(['accounts', 'orderRecorded', 'OrderEvent']);
  });

  it('lists a service’s messages of cases', () => {
    expect(contracts.eventsOf('accounts').map((it) => it.name)).toEqual(expect.arrayContaining(['AccountEvent', 'OrderEvent']));
    expect(contracts.eventsOf('nobody')).toEqual([]);
  });

  it('tells the service from a full name', () => {
    expect(sourceOf({ typeName: 'guanxi.complaints.v1.ComplaintEvent' })).toBe('complaints');
  });

  it('refuses an event that belongs to two aggregates', () => {
    const text = 'message A {} message XEvent { oneof event { A a = 1; } } message YEvent { oneof event { A a = 1; } }';
    expect(() => planted(text)).toThrow('guanxi.testing.v1.A is declared twice');
  });

  it('refuses an event whose case is not a message', () => {
    expect(() => planted('message XEvent { oneof event { string a = 1; } }')).toThrow(/an event's case is a message/);
  });
});

describe('access', () => {
  const policyOf = (option: string) => {
    const text = `message A {} service X { rpc Do(A) returns (A) { ${option} } }`;
    const [method] = planted(text).services.get('guanxi.testing.v1.X')?.methods ?? [];
    return method && accessOf(method);
  };

  it('is the roles that the contract names', () => {
    expect(policyOf('option (common.v1.access) = {roles: [AUDITOR, QUALITY]};')).toEqual({
      open: false,
      internal: false,
      roles: ['AUDITOR', 'QUALITY'],
    });
    expect(policyOf('option (common.v1.access) = {open: true};')).toEqual({ open: true, internal: false, roles: [] });
  });

  it('is nothing where the contract states none, or neither role nor open', () => {
    expect(policyOf('')).toBeUndefined();
    expect(policyOf('option (common.v1.access) = {};')).toBeUndefined();
  });
});
