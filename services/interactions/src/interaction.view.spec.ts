import { describe, expect, it } from '@jest/globals';
import { InteractionEvent } from '@guanxi/contracts/guanxi/interactions/v1/interaction';
import type { OneOf } from '@guanxi/contracts/of';
import { story } from '@guanxi/event-sourcing/story';
import { interactionView } from './interaction.view.js';
import { corrected, event, events, interactionId, logged, voided } from './testing/story.js';

const row = (...told: readonly OneOf<InteractionEvent>[]) =>
  told.reduce((it, one) => it.tell(InteractionEvent, interactionId, one), story(interactionView)).row(interactionId);

describe('the rows of interactions', () => {
  it('say what was recorded', () =>
    expect(row(...logged)).toEqual({
      ...events.interactionLogged,
      status: 'LOGGED',
      corrections: [],
      version: 1,
      createdAt: '2026-11-22T09:00:00.000Z',
      updatedAt: '2026-11-22T09:00:00.000Z',
    }));
  it('say what is right, and show what was wrong', () => {
    const found = row(...corrected);
    expect(found).toMatchObject({
      ...{ type: 'VISIT', outcome: 'ANSWERED', durationS: 90, version: 2, updatedAt: '2026-11-22T10:00:00.000Z' },
      corrections: [
        {
          ...{ correctedAt: '2026-11-22T10:00:00.000Z', reason: '记错了' },
          ...{ before: { type: 'CALL', summary: '询问发货时间' }, after: { type: 'VISIT' } },
        },
      ],
    });
    expect(found).not.toHaveProperty('summary');
  });
  it('stay where the interaction is void, with the reason', () =>
    expect(row(...voided)).toMatchObject({ status: 'VOIDED', voidReason: '记错了', type: 'CALL', version: 2 }));
  it('begin anew where a void interaction is recorded again, but keep when it was first recorded', () => {
    const again = row(...corrected, event('interactionVoided'), event('interactionLogged', { accountId: undefined }));
    expect(again).toMatchObject({ status: 'LOGGED', corrections: [], version: 4, createdAt: '2026-11-22T09:00:00.000Z' });
    expect(again).not.toHaveProperty('accountId');
    expect(again).not.toHaveProperty('voidReason');
  });
});
