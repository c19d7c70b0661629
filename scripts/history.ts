import { run, Trouble } from './trouble.ts';
import type { Verb } from './history/verb.ts';

/** Each verb is a file of its own that is only read when it is asked for. */
const verbs: Readonly<Record<string, () => Promise<{ readonly verb: Verb }>>> = {
  epoch: () => import('./history/epoch.ts'),
  export: () => import('./history/export.ts'),
  keys: () => import('./history/keys.ts'),
  show: () => import('./history/show.ts'),
  verify: () => import('./history/verify.ts'),
};

const help = async (): Promise<string> => {
  const all = await Promise.all(Object.values(verbs).map((load) => load()));
  return `npm run history -- <verb> …\n\n${all.map(({ verb }) => verb.usage).join('\n\n')}`;
};

await run(async () => {
  const [name = '', ...args] = process.argv.slice(2);
  if (['', 'help', '--help', '-h'].includes(name)) {
    console.log(await help());
    return name === '' ? 1 : 0;
  }
  const load = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (!load) throw new Trouble(`There is no verb ${name}. There are ${Object.keys(verbs).join(', ')}: npm run history -- help`);
  const { verb } = await load();
  if (args.includes('--help')) {
    console.log(verb.usage);
    return 0;
  }
  return verb.run(args);
});
