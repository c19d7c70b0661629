/** Fills a running house with a made-up tea company's customers, through the batch door. Run again, it doubles nothing. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { planOf, sizes, type Line, type Plan } from './demo/lines.ts';
import { doorOf } from './door.ts';
import { run, Trouble } from './trouble.ts';
import { dataFolder, readJson, type Installation } from './up/data-folder.ts';

const root = join(import.meta.dirname, '..');
const patienceMs = 60_000;
/** Enough to keep the house busy, few enough to be sent again after a break. */
const chunk = 2_000;

const read = (): { seed: number; size: keyof typeof sizes } => {
  const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, size: { type: 'string', default: 'small' } } });
  if (!/^\d{1,9}$/.test(values.seed)) throw new Trouble('--seed is a whole number.');
  if (!Object.hasOwn(sizes, values.size)) throw new Trouble(`--size is one of ${Object.keys(sizes).join(', ')}.`);
  return { seed: Number(values.seed), size: values.size as keyof typeof sizes };
};

const tour = (url: string, { customers }: Plan): string => {
  const [person, organisation, household, group] = customers;
  if (!person || !organisation || !household || !group) return '';
  const get = (path: string): string => `  curl -s -H "authorization: Bearer $TOKEN" '${url}${path}'`;
  const lines = [
    'To look at:',
    `  ${url}/docs`,
    '  TOKEN=$(npm run -s token)',
    `${get(`/v1/customers?q=${encodeURIComponent(person.name.slice(0, 1))}`)}   # all who have a ${person.name.slice(0, 1)}`,
    `${get(`/v1/customers/${person.id}`)}   # ${person.name}: everything on one page`,
    `${get(`/v1/customers/${person.id}/timeline`)}`,
    `${get(`/v1/accounts/${person.id}/points`)}`,
    `${get(`/v1/accounts/${organisation.id}/contacts`)}   # ${organisation.name}`,
    `${get(`/v1/customers/${household.id}`)}   # ${household.name}, a household`,
    `${get(`/v1/customers/${group.id}`)}   # ${group.name}, a group`,
    get('/v1/complaints:stats?groupBy=category'),
    get('/v1/accounts:summary'),
  ];
  return lines.join('\n');
};

await run(async () => {
  const { seed, size } = read();
  if (!existsSync(join(root, 'libs/importer/dist/door.js'))) throw new Trouble('The house is not built yet. Start once: npm start.');
  const { refId } = await import('@guanxi/event-sourcing/ids');
  const { caughtUp } = await import('@guanxi/importer/caught-up');
  const { sendLines } = await import('@guanxi/importer/door');
  const { ImportFault } = await import('@guanxi/importer/fault');
  const { Progress } = await import('@guanxi/importer/progress');
  const { refusalOf } = await import('@guanxi/importer/tally');

  const installation = readJson<Installation>(join(dataFolder(), 'installation.json'));
  if (!installation) throw new Trouble('There is no installation here yet. Start once: npm start.');
  const plan = planOf(seed, size, (aggregate, ref) => refId(installation.namespace, aggregate, ref));
  const door = await doorOf('demo');
  const all = plan.lines.length + plan.later.length;
  const counts = { done: 0, again: 0 };
  const refused: string[] = [];
  const settled = (): number => counts.done + counts.again + refused.length;
  const progress = new Progress(process.stdout, () => ({ share: settled() / all, rows: settled(), refused: refused.length }));

  const send = async (lines: readonly Line[]): Promise<void> => {
    for (let at = 0; at < lines.length; at += chunk) {
      const part = lines.slice(at, at + chunk);
      const texts = part.map((line) => JSON.stringify(line));
      await sendLines(door, texts, (answer, i) => {
        const { command, idempotencyKey } = part[i]!;
        if (answer.ok) counts[answer.again ? 'again' : 'done'] += 1;
        else refused.push(`  ${command} ${idempotencyKey}: ${refusalOf(i, answer.problem).reason}`);
      });
    }
  };
  const earned = async (accountId: string): Promise<number> => {
    const answer = await fetch(`${door.url}/v1/accounts/${accountId}/points`, { headers: { authorization: `Bearer ${door.token()}` } });
    return answer.ok ? Number(((await answer.json()) as { earned?: string }).earned ?? 0) : 0;
  };

  try {
    await send(plan.lines);
    if (counts.done) await caughtUp(door, patienceMs);
    // Points come over the bus, some while after the orders.
    const end = Date.now() + patienceMs;
    for (const { accountId, points } of plan.spenders) while ((await earned(accountId)) < points && Date.now() < end) await sleep(200);
    await send(plan.later);
    if (counts.done) await caughtUp(door, patienceMs);
  } catch (error) {
    throw error instanceof ImportFault ? new Trouble(error.message) : error;
  } finally {
    progress.end();
  }
  const seconds = progress.seconds.toFixed(1);
  console.log(`${plan.customers.length} customers (seed ${seed}): ${counts.done} facts recorded, ${counts.again} recorded before, in ${seconds} s.`);
  if (refused.length) console.log(`${refused.length} refused:\n${refused.slice(0, 10).join('\n')}`);
  console.log(`\n${tour(door.url, plan)}\n`);
  return refused.length ? 2 : 0;
});
