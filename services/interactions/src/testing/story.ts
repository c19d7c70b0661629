import type { InteractionCommands, InteractionEvent } from '@guanxi/contracts/guanxi/interactions/v1/interaction';

/** One event and one command of each kind, for specs. */
export const interactionId = '00000000-0000-7000-8000-000000000001';
export const accountId = '00000000-0000-7000-8000-00000000000a';
export const externalRef = { system: 'calls', id: '17' };
export const startedAt = '2026-03-01T08:00:00.000Z';
const facts = {
  type: 'CALL',
  channel: 'PHONE',
  direction: 'INBOUND',
  startedAt,
  durationS: 90,
  summary: '询问发货时间',
  outcome: 'ANSWERED',
} as const;
const reason = '记错了';

export const events: InteractionEvent = {
  interactionLogged: { interactionId, accountId, ...facts, externalRef },
  interactionCorrected: {
    ...{ interactionId, accountId, reason, type: 'VISIT', channel: 'PHONE', startedAt },
    ...{ before: { type: 'CALL', summary: facts.summary }, after: { type: 'VISIT' } },
  },
  interactionVoided: { interactionId, accountId, reason, type: 'CALL', channel: 'PHONE', startedAt },
};

export const wishes: InteractionCommands = {
  logInteraction: { accountId, ...facts, externalRef },
  correctInteraction: { interactionId, reason, type: 'VISIT', summary: '' },
  voidInteraction: { interactionId, reason },
};

/** The event of this name, alone in its oneof. */
export const event = <K extends keyof InteractionEvent>(name: K, more: Partial<InteractionEvent[K]> = {}) =>
  ({ [name]: { ...events[name], ...more } }) as unknown as { [P in K]: InteractionEvent[P] };

/** The command of this name, alone. */
export const wish = <K extends keyof InteractionCommands>(name: K, more: Partial<InteractionCommands[K]> = {}) =>
  ({ [name]: { ...wishes[name], ...more } }) as unknown as { [P in K]: InteractionCommands[P] };

/** Histories that end where their names say. */
export const logged = [event('interactionLogged')];
export const corrected = [...logged, event('interactionCorrected')];
export const voided = [...logged, event('interactionVoided')];
