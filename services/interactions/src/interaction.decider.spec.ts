import { describe, it } from '@jest/globals';
import { scenario } from '@guanxi/event-sourcing/scenario';
import { interaction } from './interaction.decider.js';
import { corrected, event, externalRef, interactionId, logged, voided, wish } from './testing/story.js';

const { given } = scenario(interaction, { id: interactionId });

describe('an interaction', () => {
  it('is recorded', () => given().when(wish('logInteraction')).gives(event('interactionLogged')));
  it('needs no customer', () =>
    given()
      .when(wish('logInteraction', { accountId: undefined }))
      .gives(event('interactionLogged', { accountId: undefined })));
  it('takes the account of a reference by its id alone', () =>
    given()
      .when(wish('logInteraction', { accountRef: { system: 'shop', id: 'a1' } }))
      .gives(event('interactionLogged')));
  it('is refused under a reference that is taken', () =>
    given(...logged)
      .when(wish('logInteraction', { externalRef }))
      .rejects('external-ref-taken'));
  it('is recorded anew once void, for another customer too', () =>
    given(...voided)
      .when(wish('logInteraction', { accountId: undefined }))
      .gives(event('interactionLogged', { accountId: undefined })));
});

describe('a correction', () => {
  it('says what was wrong and what is right, and leaves the rest alone', () =>
    given(...logged)
      .when(wish('correctInteraction'))
      .gives(event('interactionCorrected')));
  it('keeps only what differs of all that is given', () =>
    given(...logged)
      .when(wish('correctInteraction', { channel: 'PHONE', direction: 'INBOUND', durationS: 90, outcome: 'ANSWERED' }))
      .gives(event('interactionCorrected')));
  it('adds what was not recorded', () =>
    given(event('interactionLogged', { outcome: undefined }))
      .when(wish('correctInteraction', { type: undefined, summary: undefined, outcome: 'ANSWERED' }))
      .gives(event('interactionCorrected', { type: 'CALL', before: {}, after: { outcome: 'ANSWERED' } })));
  it('knows a duration of nothing from none given', () =>
    given(...logged)
      .when(wish('correctInteraction', { type: undefined, summary: undefined, durationS: 0 }))
      .gives(event('interactionCorrected', { type: 'CALL', before: { durationS: 90 }, after: { durationS: 0 } })));
  it('corrects what an earlier one said', () =>
    given(...corrected)
      .when(wish('correctInteraction', { type: 'CALL', summary: '询问退货' }))
      .gives(event('interactionCorrected', { type: 'CALL', before: { type: 'VISIT' }, after: { type: 'CALL', summary: '询问退货' } })));
  it('of the time carries the time that is right', () =>
    given(...logged)
      .when(wish('correctInteraction', { type: undefined, summary: undefined, startedAt: '2026-03-02T08:00:00.000Z' }))
      .gives(
        event('interactionCorrected', {
          ...{ type: 'CALL', startedAt: '2026-03-02T08:00:00.000Z' },
          ...{ before: { startedAt: '2026-03-01T08:00:00.000Z' }, after: { startedAt: '2026-03-02T08:00:00.000Z' } },
        }),
      ));
  it('that changes nothing is refused, also a second time', () => {
    given(...logged)
      .when(wish('correctInteraction', { type: 'CALL', summary: undefined }))
      .rejects('interaction-unchanged');
    given(...corrected)
      .when(wish('correctInteraction'))
      .rejects('interaction-unchanged');
  });
  it('of a void interaction, or of none, is refused', () => {
    given(...voided)
      .when(wish('correctInteraction'))
      .rejects('interaction-voided');
    given().when(wish('correctInteraction')).rejects('interaction-not-found');
  });
});

describe('a void', () => {
  it('takes the interaction back', () =>
    given(...logged)
      .when(wish('voidInteraction'))
      .gives(event('interactionVoided')));
  it('says what the interaction was in the end', () =>
    given(...corrected)
      .when(wish('voidInteraction'))
      .gives(event('interactionVoided', { type: 'VISIT' })));
  it('happens once, and not to what is not there', () => {
    given(...voided)
      .when(wish('voidInteraction'))
      .rejects('interaction-voided');
    given().when(wish('voidInteraction')).rejects('interaction-not-found');
  });
});
