import { describe, it, expect } from '@jest/globals';
import fc from 'fast-check';
import { v5 } from 'uuid';
import { commandId, eventId, refId, requestHash, storedKey, uuid5, uuid7 } from './ids.js';

const namespace = '0f4b2c1a-9d3e-5f6a-8b7c-1d2e3f4a5b6c';

describe('ids', () => {
  it('gives one thing one id in every service and for ever', () => {
    expect(refId(namespace, 'account', { system: 'cdnow', id: '00001' })).toBe('d53800a7-b97b-5b2e-ab88-cdb9daf41bf9');
    expect(refId(namespace, 'order', { system: 'cdnow', id: '00001' })).not.toBe(refId(namespace, 'account', { system: 'cdnow', id: '00001' }));
  });

  it('keeps the key of one subject apart from the same key of another, also where the parts could be cut elsewhere', () => {
    expect(commandId('op-17', 'k')).toBe('a30e4ba0-f7f5-5559-a870-18a8b4fb5592');
    expect(commandId('op-1', '7k')).not.toBe(commandId('op-17', 'k'));
    expect(storedKey('op-1', '7k').equals(storedKey('op-17', 'k'))).toBe(false);
    expect(storedKey('op-17', 'k')).toHaveLength(32);
  });

  it('derives the ids of events from the command, so that each try gives the same', () => {
    const command = commandId('op-17', 'k');
    expect(eventId(command, 0)).toBe(eventId(command, 0));
    expect(eventId(command, 0)).not.toBe(eventId(command, 1));
  });

  it('derives them as RFC 9562 says, like any other maker of UUIDv5', () => {
    const wellFormed = fc.string({ unit: 'grapheme' });
    fc.assert(fc.property(fc.uuid(), wellFormed, (within, name) => expect(uuid5(within, name)).toBe(v5(name, within))));
    expect(() => uuid5('0f4b2c1a', 'x')).toThrow('not a UUID');
  });

  it('tells two requests under one key apart', () => {
    expect(requestHash('guanxi.a.v1.Do', { a: 1 }).equals(requestHash('guanxi.a.v1.Do', { a: 1 }))).toBe(true);
    expect(requestHash('guanxi.a.v1.Do', { a: 1 }).equals(requestHash('guanxi.a.v1.Do', { a: 2 }))).toBe(false);
    expect(requestHash('guanxi.a.v1.Do', {}).equals(requestHash('guanxi.a.v1.Undo', {}))).toBe(false);
  });

  it('makes new ids that sort by time', () => {
    const ids = Array.from({ length: 100 }, uuid7);
    expect([...ids].sort()).toEqual(ids);
  });
});
