import { parseArgs } from 'node:util';
import { compile, generate } from './compile.ts';
import { run } from './trouble.ts';

const usage = `npm run drill:rebuild -- [--kills 200] [--seed <any>] [--events 20000]

Two processes of one service on a PostgreSQL of their own write and are read, while their views are rebuilt, paused, resumed,
aborted, compared and taken back, and one or both are killed with SIGKILL at random moments. Ends with 0 where every rule holds.`;

await run(async () => {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '200' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      events: { type: 'string', default: '20000' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  console.log(`Rebuild drill, seed ${values.seed}: ${values.kills} times SIGKILL to a service whose views are being rebuilt.`);
  await generate();
  await compile();
  const { drill } = await import('./drill/rebuild/run.ts');
  const broken = await drill({ kills: Number(values.kills), seed: values.seed, events: Number(values.events) });
  console.log(broken ? `${broken} rules are broken` : 'Every rule holds.');
  return broken ? 1 : 0;
});
