import { describe, it } from '@jest/globals';
import type { ConsentEvent, GrantConsent } from '@guanxi/contracts/guanxi/privacy/v1/consent';
import type { OneOf } from '@guanxi/contracts/of';
import { scenario } from '@guanxi/event-sourcing/scenario';
import { consent } from './consent.decider.js';
import { consentId } from './consent.id.js';

const accountId = '00000000-0000-7000-8000-00000000000a';
const card = '00000000-0000-7000-8000-000000000001';
const now = '2026-11-22T08:00:00.000Z';
const form = (n: number) => n.toString(16).padStart(64, '0');

const wish = (more: Partial<GrantConsent> = {}): GrantConsent => ({
  ...{ accountId, purpose: 'newsletter', kind: 'GENERAL', noticeVersion: '2026-01', channel: 'WEB', evidenceHash: form(1) },
  ...more,
});
const given = (more: Partial<GrantConsent> = {}): OneOf<ConsentEvent> => {
  const it = wish(more);
  return { consentGranted: { ...it, accountId, consentId: consentId(card, it), grantedAt: it.grantedAt ?? now } };
};
const newsletter = consentId(card, wish());
const withdrawn = (withdrawnAt: string) => ({ consentWithdrawn: { accountId, consentId: newsletter, purpose: 'newsletter', withdrawnAt } });
const grant = (more: Partial<GrantConsent> = {}) => ({ grantConsent: wish(more) });
const withdraw = (more: object = {}) => ({ withdrawConsent: { accountId, purpose: 'newsletter', ...more } });
const separate = { kind: 'SEPARATE', recipient: '甲公司', purpose: 'disclosure' } as const;
const { given: history } = scenario(consent);

describe('a consent', () => {
  it('is for one purpose, with its evidence', () => history().when(grant()).gives(given()));
  it('said twice is the same', () => history(given()).when(grant()).gives());
  it('is renewed under another notice, another form or to another end', () => {
    history(given())
      .when(grant({ noticeVersion: '2026-07' }))
      .gives(given({ noticeVersion: '2026-07' }));
    history(given())
      .when(grant({ evidenceHash: form(2) }))
      .gives(given({ evidenceHash: form(2) }));
    const expiresAt = '2027-11-22T08:00:00.000Z';
    history(given()).when(grant({ expiresAt })).gives(given({ expiresAt }));
  });
  it('cannot be given tomorrow, nor to an end that is over', () => {
    history()
      .when(grant({ grantedAt: '2026-11-22T08:00:00.001Z' }))
      .rejects('granted-in-the-future');
    history()
      .when(grant({ expiresAt: now }))
      .rejects('expired-already');
  });
  it('is given by a customer for themselves only', () => {
    const other = scenario(consent, { actor: { subject: 'somebody', role: 'CUSTOMER' } });
    other.given().when(grant()).rejects('forbidden');
    other.given(given()).when(withdraw()).rejects('forbidden');
  });
});

describe('a separate consent is never bundled', () => {
  it('its form shows nothing else', () => {
    history(given())
      .when(grant({ ...separate }))
      .rejects('consent-bundled');
    history(given(separate)).when(grant()).rejects('consent-bundled');
    history(given(separate))
      .when(grant({ ...separate, recipient: '乙公司' }))
      .rejects('consent-bundled');
  });
  it('while one form may show several general ones', () =>
    history(given())
      .when(grant({ purpose: 'birthday-card' }))
      .gives(given({ purpose: 'birthday-card' })));
  it('and another organisation needs one', () =>
    history()
      .when(grant({ recipient: '甲公司' }))
      .rejects('separate-consent-needed'));
});

describe('withdrawing', () => {
  it('takes one command, and no reason', () => history(given()).when(withdraw()).gives(withdrawn(now)));
  it('twice is the same', () => history(given(), withdrawn(now)).when(withdraw()).gives());
  it('ends all that was given for the purpose, or for one recipient of it', () => {
    const [a, b] = ['甲公司', '乙公司'].map((recipient, n) => ({ ...separate, recipient, evidenceHash: form(10 + n) }));
    const ended = (it: object) => ({
      consentWithdrawn: { accountId, consentId: consentId(card, wish(it)), purpose: 'disclosure', withdrawnAt: now },
    });
    history(given(a), given(b))
      .when(withdraw({ purpose: 'disclosure' }))
      .gives(ended(a!), ended(b!));
    history(given(a), given(b))
      .when(withdraw({ purpose: 'disclosure', recipient: '乙公司' }))
      .gives(ended(b!));
  });
  it('needs something that was agreed to', () => {
    history().when(withdraw()).rejects('consent-not-found');
    history(given())
      .when(withdraw({ recipient: '甲公司' }))
      .rejects('consent-not-found');
  });
  it('can be followed by a new consent', () => history(given(), withdrawn(now)).when(grant()).gives(given()));
  it('but not by a form from before', () =>
    history(given(), withdrawn(now))
      .when(grant({ grantedAt: '2026-11-22T07:59:59.999Z' }))
      .rejects('consent-superseded'));
});

describe('a consent ends', () => {
  const expiresAt = '2026-12-01T00:00:00.000Z';
  const expired = { consentExpired: { accountId, consentId: newsletter, purpose: 'newsletter', expiresAt } };
  const lapsed = { consentLapsed: { accountId, consentId: newsletter, purpose: 'newsletter', noticeVersion: '2026-07' } };
  const expire = { expireConsent: { accountId, consentId: newsletter, expiresAt } };
  it('at its end', () => history(given({ expiresAt })).when(expire).gives(expired));
  it('unless it was renewed or has ended since', () => {
    history(given({ expiresAt }), given({ expiresAt: '2027-12-01T00:00:00.000Z' }))
      .when(expire)
      .gives();
    history(given({ expiresAt }), withdrawn(now)).when(expire).gives();
    history().when(expire).rejects('consent-card-not-found');
  });
  it('where another notice counts, and is then given anew', () => {
    const lapse = { lapseConsent: { accountId, purpose: 'newsletter', noticeVersion: '2026-07' } };
    history(given()).when(lapse).gives(lapsed);
    history(given({ noticeVersion: '2026-07' }))
      .when(lapse)
      .gives();
    history(given(), lapsed)
      .when(grant({ noticeVersion: '2026-07' }))
      .gives(given({ noticeVersion: '2026-07' }));
  });
});

it('a card holds 500 consents', () =>
  history(...Array.from({ length: 500 }, (_, n) => given({ purpose: `p${n}` })))
    .when(grant())
    .rejects('too-many-consents'));
