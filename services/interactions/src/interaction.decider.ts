import {
  InteractionCommands,
  InteractionEvent,
  type InteractionFacts,
  type InteractionStatus,
} from '@guanxi/contracts/guanxi/interactions/v1/interaction';
import { decider, rule } from '@guanxi/event-sourcing/decider';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { corrected, difference } from './interaction.facts.js';

type Known = InteractionFacts & Required<Pick<InteractionFacts, 'type' | 'channel' | 'startedAt'>>;
interface State {
  readonly status: InteractionStatus;
  readonly accountId?: string | undefined;
  readonly facts: Known;
}

const none: State = { status: 'STATUS_UNSPECIFIED', facts: { type: 'TYPE_UNSPECIFIED', channel: 'CHANNEL_UNSPECIFIED', startedAt: '' } };

const stands = rule<State>('interaction-voided', 'The interaction was recorded in error and is void.', ({ status }) => status === 'LOGGED');

/** A contact with a customer: recorded once, corrected where something was wrong, void only where it was recorded in error. */
export const interaction = decider({
  stream: 'interaction',
  version: 1,
  commands: InteractionCommands,
  events: InteractionEvent,
  initial: none,
  creates: ['logInteraction'],
  rules: { correctInteraction: [stands], voidInteraction: [stands] },
  decide: {
    logInteraction: ({ accountRef: _, ...given }, { status }, { id }) => {
      if (status === 'LOGGED')
        throw new Rejection('external-ref-taken', 'conflict', 'An interaction with this external reference is recorded already.', { ids: [id] });
      return [{ interactionLogged: { ...given, interactionId: id } }];
    },
    correctInteraction: ({ interactionRef: _, reason, ...given }, { accountId, facts }, { id }) => {
      const change = difference(facts, given);
      if (!change) throw new Rejection('interaction-unchanged', 'conflict', 'Everything that is given is recorded so already.');
      const { type, channel, startedAt } = corrected(facts, change);
      return [{ interactionCorrected: { interactionId: id, accountId, reason, ...change, type, channel, startedAt } }];
    },
    voidInteraction: ({ reason }, { accountId, facts: { type, channel, startedAt } }, { id }) => [
      { interactionVoided: { interactionId: id, accountId, reason, type, channel, startedAt } },
    ],
  },
  evolve: {
    interactionLogged: (_, { accountId, interactionId: _id, externalRef: _ref, ...facts }) => ({ status: 'LOGGED', accountId, facts }),
    interactionCorrected: (state, change) => ({ ...state, facts: corrected(state.facts, change) }),
    interactionVoided: (state) => ({ ...state, status: 'VOIDED' }),
  },
});
