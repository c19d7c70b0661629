import { OptOutCommands, OptOutEvent, type OptOutsChannel, type OptOutsKind } from '@guanxi/contracts/guanxi/privacy/v1/opt_outs';
import { decider, type Context } from '@guanxi/event-sourcing/decider';
import { invalid, Rejection } from '@guanxi/event-sourcing/rejection';
import { demandOwn } from './speaks-for.rules.js';

const nothing: { readonly refused: readonly OptOutsKind[] } = { refused: [] };

// Who sells or advertises may note a refusal, but has too much to gain from its end.
const onTheirWord = ['SERVICE_SUPERVISOR', 'SERVICE_AGENT'];
const mayClear = ['PRIVACY_OFFICER', 'CUSTOMER', ...onTheirWord];

/** Only the subject clears an opt-out: themselves, or by somebody who serves them and answers for it. */
const demandTheirWord = ({ role }: Context['actor'], channel: OptOutsChannel | undefined): void => {
  if (!mayClear.includes(role)) throw new Rejection('opt-out-subject-only', 'forbidden', 'Only the customer clears an opt-out.');
  if (channel === undefined && onTheirWord.includes(role))
    throw invalid('channel-missing', 'channel', 'must say by which way the customer asked for it');
};

/** What a customer refuses (PR-015): effective at once, never off by itself, cleared by the subject alone. */
export const optOuts = decider({
  stream: 'optOuts',
  version: 1,
  keyedBy: ['accountId'],
  commands: OptOutCommands,
  events: OptOutEvent,
  initial: nothing,
  creates: ['setOptOut'],
  decide: {
    setOptOut: ({ accountId = '', optOut, on, channel, reason }, { refused }, { actor }) => {
      demandOwn(actor, accountId);
      // Who says it again wants what is so: since when it is so must not move.
      if (on === refused.includes(optOut)) return [];
      const fact = { accountId, optOut, channel, reason };
      if (on) return [{ optOutSet: fact }];
      demandTheirWord(actor, channel);
      return [{ optOutCleared: fact }];
    },
  },
  evolve: {
    optOutSet: ({ refused }, { optOut }) => ({ refused: [...refused, optOut] }),
    optOutCleared: ({ refused }, { optOut }) => ({ refused: refused.filter((it) => it !== optOut) }),
  },
});
