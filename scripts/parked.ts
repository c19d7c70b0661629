import { parseArgs } from 'node:util';
import type { Redriven } from '@guanxi/contracts/guanxi/common/v1/parking';
import { doorOf } from './door.ts';
import { parkedApi, type ParkedApi } from './parked/api.ts';
import { keyText, parkedTable, redrivenText, stoppedText } from './parked/words.ts';
import { run, Trouble } from './trouble.ts';
import { services } from './up/services.ts';

const usage = `npm run parked -- [<service>] [list | show | redrive | discard | restart] … [--json] [--url <gateway>]

A key of which an event could not be folded is parked: its view passes over that event and all later ones of the key, and the rest
of the view goes on. Without a service: what is parked, and which views stopped, everywhere.

  npm run parked -- accounts [list [<view>]]
  npm run parked -- accounts show <view> <key>                          what failed, at which event, since when
  npm run parked -- accounts redrive [<view> [<key>]]                   folds again, in order, with the mended build
  npm run parked -- accounts discard <view> <key> --reason "…"          passes over that one event for good, and folds the rest
  npm run parked -- accounts restart <view>                             lets a view go on that stopped

  --json   one JSON document, for programs
  --url    another gateway than the one of this machine's data folder; its token in GUANXI_TOKEN

A key \`-\` stands for an event that belongs to no row. Ends with 0; with 1 where something is wrong; with 2 where a key stays parked.`;

interface Wish {
  readonly service: string;
  readonly view: string | undefined;
  readonly key: string | undefined;
  readonly reason: string | undefined;
  readonly json: boolean;
}

const demanded = (it: string | undefined, what: string): string => {
  if (!it) throw new Trouble(`${what} is missing. npm run parked -- --help`);
  return it;
};

const list = async (apis: readonly (readonly [string, ParkedApi])[], view: string | undefined, json: boolean): Promise<number> => {
  const found = await Promise.all(
    apis.map(async ([service, api]) => {
      const [parked, stopped] = await Promise.all([api.list(view), api.stopped()]);
      return { service, parked, stopped: stopped.filter((it) => view === undefined || it.view === view) };
    }),
  );
  if (json) {
    console.log(JSON.stringify(found));
    return 0;
  }
  const parked = found.flatMap(({ service, parked: keys }) => keys.map((it) => [service, it] as const));
  const stopped = found.flatMap(({ service, stopped: views }) => views.map((it) => [service, it] as const));
  console.log(parked.length > 0 ? parkedTable(parked) : 'Nothing is parked.');
  if (stopped.length > 0) console.log(`\n${stoppedText(stopped)}`);
  return 0;
};

const ended = (redriven: readonly Redriven[], json: boolean): number => {
  console.log(json ? JSON.stringify({ redriven }) : redriven.length > 0 ? redrivenText(redriven) : 'Nothing is parked.');
  return redriven.every((it) => it.folded) ? 0 : 2;
};

const verbs: Readonly<Record<string, (api: ParkedApi, wish: Wish) => Promise<number>>> = {
  list: (api, { service, view, json }) => list([[service, api]], view, json),
  show: async (api, { service, view, key, json }) => {
    const found = await api.show(demanded(view, 'The view'), demanded(key, 'The key'));
    console.log(json ? JSON.stringify(found) : keyText(service, found));
    return 0;
  },
  redrive: async (api, { view, key, json }) => ended(await api.redrive(view, key), json),
  discard: async (api, { view, key, reason, json }) =>
    ended(await api.discard(demanded(view, 'The view'), demanded(key, 'The key'), demanded(reason, '--reason "…"')), json),
  restart: async (api, { view, json }) => {
    const reason = await api.restart(demanded(view, 'The view'));
    if (json) console.log(JSON.stringify({ reason }));
    else console.log(reason ? `It goes on. It had stopped: ${reason}.` : 'It had not stopped.');
    return 0;
  },
};

await run(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
      ...{ reason: { type: 'string' }, url: { type: 'string' } },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const door = await doorOf('parked', values.url);
  const [service, verb = 'list', view, key, ...more] = positionals;
  if (service === undefined)
    return list(
      services.map((it) => [it, parkedApi(door, it)] as const),
      undefined,
      values.json,
    );
  const act = verbs[verb];
  if (!act) throw new Trouble(`There is no ${verb}. npm run parked -- --help`);
  if (more.length > 0) throw new Trouble(`${more.join(' ')} is too much.`);
  return act(parkedApi(door, service), { service, view, key, reason: values.reason, json: values.json });
});
