import { momentOf, refOf, someDay, type Customer, type Said } from './customer.ts';
import { talks, type Talk } from './talks.ts';
import type { Random } from './random.ts';

const log = 'guanxi.interactions.v1.LogInteraction';

const facts = ({ type, channel, direction, seconds: [least, most], outcome, zh, en }: Talk, language: 'zh' | 'en', random: Random): object => ({
  ...{ type, channel, direction, startedAt: momentOf(someDay(random), random), durationS: random.whole(least, most) },
  ...{ summary: language === 'zh' ? zh : en, outcome },
});

/** Contacts with the customer; one in a while was written down wrongly. */
export const talksWith = (customer: Customer): Said[] => {
  const { ref, place, shown, random } = customer;
  return Array.from({ length: shown ? 6 : random.whole(0, 5) }, (_, n): Said[] => {
    const externalRef = refOf(customer, `i${n + 1}`);
    const logged: Said = [log, { accountRef: ref, externalRef, ...facts(random.pick(talks), place.language, random) }];
    const reason = place.language === 'zh' ? '结果记错了' : 'The outcome was written down wrongly';
    const corrected: Said = ['guanxi.interactions.v1.CorrectInteraction', { interactionRef: externalRef, reason, outcome: 'CALL_BACK' }];
    return random.chance(shown && n === 0 ? 100 : 4) ? [logged, corrected] : [logged];
  }).flat();
};

/** A call of somebody who did not say who they are. */
export const strangersCall = (seed: number, n: number, random: Random): Said => [
  log,
  { externalRef: { system: 'demo', id: `${seed}-x${n}` }, ...facts(talks[n % 3]!, random.pick(['zh', 'en']), random) },
];
