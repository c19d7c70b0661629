import { describe, expect, it } from '@jest/globals';
import { firstWallOnly, forgetfulOperator, hasty, mutants } from './testing/mutants.js';
import { everything, simulate, type Switches } from './testing/simulation.js';

/** To see one failing schedule again, or to walk others: SIMULATION_SEED=<seed> npm test. */
const firstSeed = Number(process.env.SIMULATION_SEED ?? 1);
const steps = 1_500;

/** The first schedule that breaks an invariant, as one line with its seed; undefined where all hold. */
const firstViolation = (runs: number, switches: () => Switches): string | undefined => {
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    const { violations } = simulate(seed, steps, switches());
    if (violations.length > 0) return `seed ${seed}: ${violations.join(', ')}`;
  }
  return undefined;
};

describe('relay and consumer, walked through random schedules', () => {
  it.each([
    ['zombie relays, partial and late sends, lost tails, topics made again, restores, rebalances, crashes and forgeries', 1_500, everything],
    ['all that four times as often', 300, { ...everything, harshness: 4 }],
    ['all that but backups of what another restore has undone, by the inbox row alone', 700, firstWallOnly],
    ['restores after which nobody begins an epoch, by the start check', 400, forgetfulOperator],
    ['a relay that moves its checkpoint before it sends', 400, { ...everything, relayRound: hasty }],
  ] as const)(
    'lose nothing, double nothing and keep each key’s order under %s',
    (_, runs, switches) => expect(firstViolation(runs, () => switches)).toBeUndefined(),
    120_000,
  );

  it('hear most of what is played: a run that received nothing would prove nothing', () => {
    const runs = Array.from({ length: 50 }, (_, n) => simulate(firstSeed + n, steps, everything));
    expect(runs.reduce((sum, { received }) => sum + received, 0)).toBeGreaterThan(50 * 100);
  });

  it.each(mutants.map(({ without, switches }) => [without, switches] as const))(
    'would be caught without the rule: %s',
    (_, switches) => expect(firstViolation(500, switches)).toMatch(/^seed \d+: /),
    120_000,
  );
});
