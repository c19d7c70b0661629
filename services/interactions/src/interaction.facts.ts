import type { InteractionCorrected, InteractionFacts } from '@guanxi/contracts/guanxi/interactions/v1/interaction';

type Change = Pick<InteractionCorrected, 'before' | 'after'>;
type Name = keyof InteractionFacts;

const names: readonly Name[] = ['type', 'channel', 'direction', 'startedAt', 'durationS', 'summary', 'outcome'];

const picked = (facts: InteractionFacts, wanted: readonly Name[]): InteractionFacts =>
  Object.fromEntries(wanted.flatMap((name) => (facts[name] === undefined ? [] : [[name, facts[name]]])));

/** What a correction changes: of what is given only that which differs; an empty text takes away what was recorded. */
export const difference = (known: InteractionFacts, given: InteractionFacts): Change | undefined => {
  const right = { ...given, summary: given.summary || undefined, outcome: given.outcome || undefined };
  const wrong = names.filter((name) => given[name] !== undefined && right[name] !== known[name]);
  return wrong.length ? { before: picked(known, wrong), after: picked(right, wrong) } : undefined;
};

/** What is true after a correction: all that was wrong is gone, all that is right is there. */
export const corrected = <T extends InteractionFacts>(known: T, { before, after }: Change): T => {
  const right = Object.entries(known).filter(([name]) => !(name in before));
  return { ...(Object.fromEntries(right) as T), ...after };
};
