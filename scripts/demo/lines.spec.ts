import { describe, expect, it } from '@jest/globals';
import { parseStrict } from '@guanxi/contracts/json';
import { contracts } from '@guanxi/contracts/services';
import { refId, uuid5 } from '@guanxi/event-sourcing/ids';
import { demandValid } from '@guanxi/service-kit/validation';
import type { IdOf } from './customer.ts';
import { planOf, type Line } from './lines.ts';

const namespace = uuid5('00000000-0000-0000-0000-000000000000', 'demo');
const idOf: IdOf = (aggregate, ref) => refId(namespace, aggregate, ref);
const small = planOf(1, 'small', idOf);
const all = [...small.lines, ...small.later];
const said = (name: string, lines: readonly Line[] = all) => lines.filter((it) => it.command.endsWith(`.${name}`));

describe('the demo', () => {
  it('says only what the contracts allow', () => {
    for (const { command, request, idempotencyKey } of all) {
      const { input } = contracts.commands.get(command)!.method;
      expect(() => demandValid(input, parseStrict(input, request))).not.toThrow();
      expect(idempotencyKey).toMatch(/^[!-~]{1,200}$/);
    }
  });
  it('is the same for the same seed, and another for another', () => {
    expect(planOf(1, 'small', idOf)).toEqual({ ...small, customers: small.customers.map((it) => ({ ...it, random: expect.anything() })) });
    expect(JSON.stringify(planOf(2, 'small', idOf).lines)).not.toBe(JSON.stringify(small.lines));
  });
  it('has a key of its own for every line', () => expect(new Set(all.map((it) => it.idempotencyKey)).size).toBe(all.length));
  it('shares nothing between two seeds', () => {
    const keys = new Set(all.map((it) => it.idempotencyKey));
    const other = planOf(2, 'small', idOf);
    expect([...other.lines, ...other.later].filter((it) => keys.has(it.idempotencyKey))).toEqual([]);
    expect(other.customers[0]?.id).not.toBe(small.customers[0]?.id);
  });
  it('begins a larger company with the smaller one', () => {
    const medium = planOf(1, 'medium', idOf);
    expect(medium.customers).toHaveLength(2_000);
    expect(medium.lines.slice(0, small.lines.length - 5)).toEqual(small.lines.slice(0, -5));
  });
  it('has all kinds of customers, currencies, both languages and complaints at many steps', () => {
    const kinds = new Set(small.customers.map((it) => it.kind));
    expect([...kinds].sort()).toEqual(['GROUP', 'HOUSEHOLD', 'ORGANISATION', 'PERSON']);
    const currencies = new Set(said('RecordOrder').map((it) => (it.request as { currency: string }).currency));
    expect(currencies.size).toBeGreaterThan(5);
    expect(small.customers.some((it) => /^[一-鿿]{2,4}$/.test(it.name)) && small.customers.some((it) => /^[A-ZÀ-Ž][a-zà-ž]+ /.test(it.name))).toBe(
      true,
    );
    const texts = said('LodgeComplaint').map((it) => (it.request as { facts: string }).facts);
    expect(texts.some((it) => /[一-鿿]/.test(it)) && texts.some((it) => /^[ -~’]+$/.test(it))).toBe(true);
    const rest = [
      'ReturnOrder',
      'VoidOrder',
      'CorrectInteraction',
      'AddContact',
      'MarkContactDeparted',
      'Enrol',
      'Redeem',
      'SetOptOut',
      'GrantConsent',
    ];
    for (const name of [...rest, 'HearCustomer', 'JudgeComplaint', 'ProposeRemedy', 'CloseComplaint']) expect(said(name).length).toBeGreaterThan(0);
    expect(said('LodgeComplaint').length).toBeGreaterThan(said('JudgeComplaint').length);
  });
  it('names nobody before they are registered', () => {
    const registered = new Set<string>();
    for (const { command, request } of small.lines) {
      const { externalRef, accountRef } = request as { externalRef?: { id: string }; accountRef?: { id: string } };
      if (command.endsWith('.RegisterAccount')) registered.add(externalRef!.id);
      else if (accountRef) expect(registered).toContain(accountRef.id);
    }
  });
});
