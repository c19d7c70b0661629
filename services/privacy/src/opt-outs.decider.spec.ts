import { describe, it } from '@jest/globals';
import { scenario } from '@guanxi/event-sourcing/scenario';
import { optOuts } from './opt-outs.decider.js';

const accountId = '00000000-0000-7000-8000-00000000000a';
const acting = (role: string, subject = 'op-17') => scenario(optOuts, { actor: { subject, role } });
const marketing = { accountId, optOut: 'DIRECT_MARKETING' } as const;
const refused = { optOutSet: marketing };
const set = (more: object = {}) => ({ setOptOut: { ...marketing, on: true, ...more } });
const clear = (more: object = {}) => ({ setOptOut: { ...marketing, on: false, ...more } });

describe('an opt-out', () => {
  it.each(['PRIVACY_OFFICER', 'SERVICE_AGENT', 'SALESPERSON', 'MARKETING'])('is set by anybody who hears the wish: %s', (role) =>
    acting(role)
      .given()
      .when(set({ channel: 'PHONE', reason: '不要再打电话' }))
      .gives({ optOutSet: { ...marketing, channel: 'PHONE', reason: '不要再打电话' } }),
  );
  it('that is set already stays as it is, since when too', () =>
    acting('MARKETING')
      .given(refused)
      .when(set({ channel: 'EMAIL' }))
      .gives());
  it('that was never set has nothing to clear', () => acting('MARKETING').given().when(clear()).gives());
  it('is one of four, each by itself', () =>
    acting('SERVICE_AGENT')
      .given(refused)
      .when(set({ optOut: 'SENSITIVE_DATA' }))
      .gives({ optOutSet: { accountId, optOut: 'SENSITIVE_DATA' } }));
  it('can be set again after it was cleared', () =>
    acting('MARKETING').given(refused, { optOutCleared: marketing }).when(set()).gives({ optOutSet: marketing }));
});

describe('only the subject clears an opt-out', () => {
  it('themselves', () => acting('CUSTOMER', accountId).given(refused).when(clear()).gives({ optOutCleared: marketing }));
  it('by a privacy officer, who answers for it', () => acting('PRIVACY_OFFICER').given(refused).when(clear()).gives({ optOutCleared: marketing }));
  it('by those who serve them, if they say how the wish came', () => {
    acting('SERVICE_AGENT')
      .given(refused)
      .when(clear({ channel: 'PHONE' }))
      .gives({ optOutCleared: { ...marketing, channel: 'PHONE' } });
    acting('SERVICE_SUPERVISOR').given(refused).when(clear()).rejects('channel-missing');
  });
  it.each(['MARKETING', 'SALESPERSON', 'SEGMENT_HEAD', 'DATA_STEWARD', ''])('and never %s, whatever they say', (role) =>
    acting(role)
      .given(refused)
      .when(clear({ channel: 'PHONE' }))
      .rejects('opt-out-subject-only'),
  );
});

describe('a customer', () => {
  it('sets what is theirs', () => acting('CUSTOMER', accountId).given().when(set()).gives(refused));
  it('and nobody else’s', () => {
    acting('CUSTOMER', '00000000-0000-7000-8000-00000000000b').given().when(set()).rejects('forbidden');
    acting('CUSTOMER', '00000000-0000-7000-8000-00000000000b').given(refused).when(clear()).rejects('forbidden');
  });
});
