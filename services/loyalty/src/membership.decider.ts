import { MembershipCommands, MembershipEvent } from '@guanxi/contracts/guanxi/loyalty/v1/membership';
import { decider, rule } from '@guanxi/event-sourcing/decider';
import { Rejection } from '@guanxi/event-sourcing/rejection';

interface State {
  readonly active: boolean;
  readonly programme: string;
}
const none: State = { active: false, programme: '' };

const active = rule<State>('membership-ended', 'The customer left the programme.', (state) => state.active);

/** Who takes part: one membership a customer, begun anew after it ended. */
export const membership = decider({
  stream: 'membership',
  version: 1,
  keyedBy: ['accountId'],
  commands: MembershipCommands,
  events: MembershipEvent,
  initial: none,
  creates: ['enrol'],
  rules: { leave: [active] },
  decide: {
    enrol: ({ accountId = '', programme = 'default' }, state, { id }) => {
      if (state.active) throw new Rejection('already-enrolled', 'conflict', 'The customer is a member already.', { ids: [id] });
      return [{ memberEnrolled: { accountId, programme } }];
    },
    leave: ({ accountId = '', reason }, { programme }) => [{ memberLeft: { accountId, programme, reason } }],
  },
  evolve: {
    memberEnrolled: (_, { programme }) => ({ active: true, programme }),
    memberLeft: (state) => ({ ...state, active: false }),
  },
});
