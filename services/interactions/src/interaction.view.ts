import { Interaction, InteractionEvent } from '@guanxi/contracts/guanxi/interactions/v1/interaction';
import { view, type Meta } from '@guanxi/event-sourcing/view';
import { corrected } from './interaction.facts.js';

const touched = ({ version, at }: Meta) => ({ version, updatedAt: at });

/** Interactions as they stand, with what was wrong with them. */
export const interactionView = view(Interaction, {
  version: 1,
  table: 'interactions',
  key: 'interactionId',
  filters: ['accountId', 'startedAt', 'createdAt'],
  columns: {
    type: { type: 'text', of: (row) => row.type, indexed: false },
    channel: { type: 'text', of: (row) => row.channel, indexed: false },
    status: { type: 'text', of: (row) => row.status, indexed: false },
    outcome: { type: 'text', of: (row) => row.outcome, indexed: false },
  },
}).of(InteractionEvent, {
  interactionLogged: (row, event, meta) => ({
    ...event,
    status: 'LOGGED',
    corrections: [],
    createdAt: row?.createdAt ?? meta.at,
    ...touched(meta),
  }),
  interactionCorrected: (row, { reason, before, after }, meta) =>
    row && {
      ...corrected(row, { before, after }),
      corrections: [...row.corrections, { correctedAt: meta.at, reason, before, after }],
      ...touched(meta),
    },
  interactionVoided: (row, { reason }, meta) => row && { ...row, status: 'VOIDED', voidReason: reason, ...touched(meta) },
});
