import { parseArgs } from 'node:util';
import type { Generation } from '@guanxi/contracts/guanxi/common/v1/rebuilds';
import { doorOf } from './door.ts';
import { rebuildApi, type RebuildApi } from './rebuild/api.ts';
import { follow } from './rebuild/follow.ts';
import { comparisonText, generationsTable } from './rebuild/words.ts';
import { run, Trouble } from './trouble.ts';

const usage = `npm run rebuild -- <service> [<view>] [--diff] [--pause | --resume | --abort | --back] [--json] [--url <gateway>]

Without a view: the views of the service and how far their generations are.
With one: folds it anew beside the one that is read, shows progress, and swaps. The service goes on meanwhile.

  --diff     fills it, compares it with the live one row by row, and waits: --resume swaps, --abort drops it
  --pause    stops it until --resume, also over restarts
  --resume   goes on; a full one takes the live one's place
  --abort    drops what is being filled, and what was kept to go back to
  --back     goes back to the generation that was live before, brought up to now
  --json     one JSON line a second, for programs
  --url      another gateway than the one of this machine's data folder; its token in GUANXI_TOKEN

Ctrl-C ends the watching, not the rebuild. Ends with 0; with 1 where something is wrong; with 2 where rows differ.`;

const verbs = ['pause', 'resume', 'abort', 'back'] as const;

interface Wish {
  readonly service: string;
  readonly view: string;
  readonly diff: boolean;
  readonly json: boolean;
}

const command = ({ service, view }: Wish, flag: string): string => `npm run rebuild -- ${service} ${view} --${flag}`;
const say = ({ json }: Wish, text: string): void => void (!json && console.log(text));
const ongoing = (all: readonly Generation[]): Generation | undefined => all.find((it) => it.state !== 'LIVE' && it.state !== 'KEPT');

const watch = async (api: RebuildApi, wish: Wish, { generation }: Generation): Promise<Generation> => {
  process.once('SIGINT', () => {
    say(wish, `\nIt goes on without you. To stop it: ${command(wish, 'pause')}, or --abort.`);
    process.exit(130);
  });
  const reached = await follow(api, wish.view, generation, wish.json);
  if (reached.state === 'LIVE') say(wish, `Generation ${generation} of ${wish.view} is live.`);
  return reached;
};

const compare = async (api: RebuildApi, wish: Wish): Promise<number> => {
  const found = await api.compare(wish.view);
  const same = Number(found.equal) === Number(found.rows) && found.extra === '0';
  if (wish.json) console.log(JSON.stringify(found));
  else console.log(`${comparisonText(found)}\nIt waits. To swap: ${command(wish, 'resume')}; to drop it: --abort`);
  return same ? 0 : 2;
};

const rebuild = async (api: RebuildApi, wish: Wish): Promise<number> => {
  const before = ongoing((await api.list()).filter((it) => it.view === wish.view));
  if (before?.state === 'FILLED' && wish.diff) return compare(api, wish);
  const begun = ongoing(await api.change(wish.view, 'rebuild', { compare: wish.diff }));
  // A small view may be full and live before the answer left.
  const reached = begun && (await watch(api, wish, begun));
  if (!begun) say(wish, `${wish.view} was folded anew.`);
  return reached?.state === 'FILLED' ? compare(api, wish) : 0;
};

const change = async (api: RebuildApi, wish: Wish, verb: (typeof verbs)[number]): Promise<number> => {
  const all = await api.change(wish.view, verb);
  const coming = ongoing(all);
  if (coming?.state === 'FILLING' && (verb === 'resume' || verb === 'back')) {
    const reached = await watch(api, wish, coming);
    return reached.state === 'FILLED' ? compare(api, wish) : 0;
  }
  console.log(wish.json ? JSON.stringify({ generations: all }) : generationsTable(all));
  return 0;
};

await run(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ diff: { type: 'boolean', default: false }, json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
      ...{ pause: { type: 'boolean' }, resume: { type: 'boolean' }, abort: { type: 'boolean' }, back: { type: 'boolean' }, url: { type: 'string' } },
    },
  });
  const [service, view, ...more] = positionals;
  const chosen = verbs.filter((it) => values[it]);
  if (values.help || service === undefined) {
    console.log(usage);
    return values.help ? 0 : 1;
  }
  if (more.length > 0) throw new Trouble(`One view at a time; ${more.join(' ')} is too much.`);
  if (chosen.length + Number(values.diff) > 1) throw new Trouble('One of --diff, --pause, --resume, --abort and --back at a time.');
  const api = rebuildApi(await doorOf('rebuild', values.url), service);
  if (view === undefined) {
    if (chosen.length > 0 || values.diff) throw new Trouble(`Which view? npm run rebuild -- ${service} lists them.`);
    const all = await api.list();
    console.log(values.json ? JSON.stringify({ generations: all }) : generationsTable(all));
    return 0;
  }
  const wish: Wish = { service, view, diff: values.diff, json: values.json };
  const [verb] = chosen;
  return verb ? change(api, wish, verb) : rebuild(api, wish);
});
