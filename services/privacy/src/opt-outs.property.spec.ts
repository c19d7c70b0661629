import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OptOutEvent, type OptOuts, type SetOptOut } from '@guanxi/contracts/guanxi/privacy/v1/opt_outs';
import type { OneOf } from '@guanxi/contracts/of';
import { caseOf, decide, evolve } from '@guanxi/event-sourcing/decider';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { story } from '@guanxi/event-sourcing/story';
import { mayUse, optOutsView, type Refusable } from '@guanxi/protection/opt-outs.view';
import { optOuts } from './opt-outs.decider.js';

const accountId = '00000000-0000-7000-8000-00000000000a';
const kinds: Refusable[] = ['DIRECT_MARKETING', 'THIRD_PARTY_DISCLOSURE', 'AUTOMATED_DECISION', 'SENSITIVE_DATA'];
const role = fc.constantFrom('PRIVACY_OFFICER', 'SERVICE_AGENT', 'MARKETING', 'CUSTOMER', '');
const wishes = fc.array(
  fc.record({ role, optOut: fc.constantFrom(...kinds), on: fc.boolean(), channel: fc.constantFrom(undefined, 'PHONE' as const) }),
  { maxLength: 30 },
);

it('the row every service keeps says what was last said, by those who may; nobody else ends an opt-out', () =>
  fc.assert(
    fc.property(wishes, (all) => {
      const said = new Map<Refusable, boolean>();
      const told = story(optOutsView);
      let state: unknown = optOuts.initial;
      for (const { role: as, ...wish } of all) {
        const context = { id: 's', now: '2026-11-22T08:00:00.000Z', segment: 'default', actor: { subject: accountId, role: as }, exists: () => true };
        const command: SetOptOut = { accountId, ...wish };
        const mine = wish.on || as === 'PRIVACY_OFFICER' || as === 'CUSTOMER' || (as === 'SERVICE_AGENT' && wish.channel !== undefined);
        try {
          for (const event of decide(optOuts, 'setOptOut', command, state, 1, context) as OneOf<OptOutEvent>[]) {
            expect(mine).toBe(true);
            state = evolve(optOuts, state, ...caseOf(event));
            told.tell(OptOutEvent, 's', event);
          }
          if (mine) said.set(wish.optOut, wish.on);
        } catch (error) {
          if (!(error instanceof Rejection)) throw error;
          expect(mine).toBe(false);
        }
      }
      const row: OptOuts | undefined = told.row(accountId);
      for (const kind of kinds) expect(mayUse(row, kind)).toBe(!(said.get(kind) ?? false));
    }),
  ));
