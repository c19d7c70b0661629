import { describe, it } from '@jest/globals';
import type { Account, AccountLifecycle, AccountRegistered } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { scenario } from '@guanxi/event-sourcing/scenario';
import { account } from './account.decider.js';

const accountId = '00000000-0000-7000-8000-000000000001';
const externalRef = { system: 'cdnow', id: '4' };
const profile: AccountRegistered = { accountId, kind: 'PERSON', displayName: '王伟', segmentId: 'north', lifecycle: 'POTENTIAL', externalRef };
const registered = { accountRegistered: profile };
const { given } = scenario(account, { id: accountId, segment: 'south' });
const change = (to: AccountLifecycle) => ({ changeLifecycle: { accountId, to, reason: '已确认' } });

describe('registering an account', () => {
  it('begins as a potential customer', () =>
    given()
      .when({ registerAccount: { kind: 'PERSON', displayName: '王伟', segmentId: 'north', externalRef } })
      .gives(registered));
  it("puts it into the caller's segment where no other is given", () =>
    given()
      .when({ registerAccount: { kind: 'GROUP', displayName: 'Acme' } })
      .gives({ accountRegistered: { accountId, kind: 'GROUP', displayName: 'Acme', segmentId: 'south', lifecycle: 'POTENTIAL' } }));
  it('keeps region and source', () => {
    const more = { region: { country: 'CN', subdivision: 'CN-SH', city: '上海' }, source: '展会' };
    given()
      .when({ registerAccount: { kind: 'PERSON', displayName: '王伟', segmentId: 'north', externalRef, ...more } })
      .gives({ accountRegistered: { ...profile, ...more } });
  });
  it('is refused where the external reference is taken', () =>
    given(registered)
      .when({ registerAccount: { kind: 'PERSON', displayName: '李娜', externalRef } })
      .rejects('external-ref-taken'));
});

describe('an account that is not registered', () => {
  it.each([
    ['has no profile', { updateProfile: { accountId, displayName: 'x' } }],
    ['takes no tags', { tagAccount: { accountId, tags: ['vip'] } }],
    ['loses no tags', { untagAccount: { accountId, tags: ['vip'] } }],
    ['has no lifecycle', change('LOST')],
  ])('%s', (_, wish) => given().when(wish).rejects('account-not-found'));
});

describe('a profile', () => {
  it('changes in what is given and leaves the rest', () =>
    given(registered)
      .when({ updateProfile: { accountId, displayName: '王伟强', region: { country: 'CN' } } })
      .gives({ profileUpdated: { displayName: '王伟强', region: { country: 'CN' } } }));
  it('does not change to what it is', () =>
    given(registered)
      .when({ updateProfile: { accountId, displayName: '王伟', segmentId: 'north', kind: 'PERSON' } })
      .gives());
  it('is compared with what it became, not with what it was', () =>
    given(registered, { profileUpdated: { displayName: '王伟强' } })
      .when({ updateProfile: { accountId, displayName: '王伟' } })
      .gives({ profileUpdated: { displayName: '王伟' } }));
});

describe('tags', () => {
  const tagged = { accountTagged: { tags: ['vip', '老客户'] } };
  it('are put on once', () =>
    given(registered, tagged)
      .when({ tagAccount: { accountId, tags: ['vip', 'fair'] } })
      .gives({ accountTagged: { tags: ['fair'] } }));
  it('that are all there change nothing', () =>
    given(registered, tagged)
      .when({ tagAccount: { accountId, tags: ['vip'] } })
      .gives());
  it('are taken off where they are', () =>
    given(registered, tagged)
      .when({ untagAccount: { accountId, tags: ['老客户', 'fair'] } })
      .gives({ accountUntagged: { tags: ['老客户'] } }));
  it('that are not there change nothing', () =>
    given(registered, tagged, { accountUntagged: { tags: ['vip'] } })
      .when({ untagAccount: { accountId, tags: ['vip'] } })
      .gives());
  it('are at most 100', () =>
    given(registered, { accountTagged: { tags: Array.from({ length: 99 }, (_, n) => `t${n}`) } })
      .when({ tagAccount: { accountId, tags: ['a', 'b'] } })
      .rejects('too-many-tags'));
});

describe('the lifecycle (AC-007)', () => {
  const all: Account['lifecycle'][] = ['POTENTIAL', 'TARGET', 'ACTUAL', 'LOST', 'NON_CUSTOMER'];
  const pairs = all.flatMap((from) => all.filter((to) => to !== from).map((to) => [from, to] as const));
  it.each(pairs)('turns %s into %s with a reason', (from, to) =>
    given({ accountRegistered: { ...profile, lifecycle: from } })
      .when(change(to))
      .gives({ lifecycleChanged: { from, to, reason: '已确认' } }),
  );
  it('keeps the event that shows it', () =>
    given(registered)
      .when({ changeLifecycle: { accountId, to: 'LOST', reason: 'left', evidenceEventId: accountId } })
      .gives({ lifecycleChanged: { from: 'POTENTIAL', to: 'LOST', reason: 'left', evidenceEventId: accountId } }));
  it.each(all)('does not turn %s into itself', (same) =>
    given(registered, { lifecycleChanged: { from: 'POTENTIAL', to: same, reason: 'x' } })
      .when(change(same))
      .rejects('lifecycle-unchanged'),
  );
});
