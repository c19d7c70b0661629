import { describe, expect, it } from '@jest/globals';
import { OptOutEvent } from '@guanxi/contracts/guanxi/privacy/v1/opt_outs';
import { story } from '@guanxi/event-sourcing/story';
import { mayUse, noOptOuts, optOutsView } from './opt-outs.view.js';

const accountId = '00000000-0000-7000-8000-00000000000a';
const kinds = ['DIRECT_MARKETING', 'THIRD_PARTY_DISCLOSURE', 'AUTOMATED_DECISION', 'SENSITIVE_DATA'] as const;
const [t1, t2] = ['2026-11-22T08:00:00.000Z', '2026-11-23T08:00:00.000Z'];
const refused = (optOut: (typeof kinds)[number]) => optOutsView.options.columns!['refused']!.of(rowAfter(optOut));
const rowAfter = (optOut: (typeof kinds)[number]) =>
  story(optOutsView)
    .tell(OptOutEvent, 's', { optOutSet: { accountId, optOut, channel: 'PHONE' } }, { at: t1 })
    .row(accountId)!;

describe('the opt-outs of a customer', () => {
  it.each(kinds)('forbid the use that they name and no other: %s', (kind) => {
    const row = rowAfter(kind);
    expect(kinds.filter((it) => !mayUse(row, it))).toEqual([kind]);
    expect(refused(kind)).toEqual([kind]);
  });
  it('say since when, and by which way the wish came', () =>
    expect(rowAfter('SENSITIVE_DATA')).toEqual({
      ...noOptOuts(accountId),
      sensitiveData: { on: true, since: t1, channel: 'PHONE' },
      version: 1,
      updatedAt: t1,
    }));
  it('end where the customer says so, and not by another', () => {
    const told = story(optOutsView)
      .tell(OptOutEvent, 's', { optOutSet: { accountId, optOut: 'DIRECT_MARKETING' } }, { at: t1 })
      .tell(OptOutEvent, 's', { optOutSet: { accountId, optOut: 'AUTOMATED_DECISION' } }, { at: t1 })
      .tell(OptOutEvent, 's', { optOutCleared: { accountId, optOut: 'DIRECT_MARKETING', channel: 'LETTER' } }, { at: t2 });
    const row = told.row(accountId);
    expect(row).toMatchObject({ directMarketing: { on: false, since: t2, channel: 'LETTER' }, automatedDecision: { on: true, since: t1 } });
    expect(row).toMatchObject({ version: 3, updatedAt: t2 });
    expect(mayUse(row, 'DIRECT_MARKETING')).toBe(true);
    expect(mayUse(row, 'AUTOMATED_DECISION')).toBe(false);
  });
  it('of one who never said anything forbid nothing', () => expect(kinds.every((it) => mayUse(undefined, it))).toBe(true));
  it('of a kind that only a newer build knows change nothing here', () => {
    const [source] = optOutsView.sources;
    const event = { accountId, optOut: 'KIND_UNSPECIFIED' };
    expect(source!.folds['optOutSet']!(undefined, event, { id: 'e', stream: 's', version: 1, at: t1, customer: accountId })).toBeUndefined();
  });
});
