import { parseArgs } from 'node:util';
import type { Door } from '@guanxi/importer/door';
import { doorOf } from './door.ts';
import { ask } from './republish/api.ts';
import { follow } from './republish/follow.ts';
import { run, Trouble } from './trouble.ts';

const usage = `npm run republish -- <service> [--from N] [--to N] [--watch | --stop] [--json] [--url <gateway>]

Sends the service's history to its topic again, where the broker has lost it: same positions, same texts. Subscribers pass over what
they have, and the service goes on meanwhile. All that was ever sent, unless told otherwise.

  --from     the first position
  --to       the last one
  --watch    shows the one that is under way, or how the last one ended
  --stop     ends the one that is under way
  --json     one JSON line a second, for programs
  --url      another gateway than the one of this machine's data folder; its token in GUANXI_TOKEN

Ctrl-C ends the watching; the service goes on with it, also after a restart. Ends with 0 when all of it was sent, else with 1.`;

const position = (text: string | undefined, name: string): string => {
  if (text !== undefined && !/^[1-9]\d{0,14}$/.test(text)) throw new Trouble(`--${name} is a position: a whole number from 1. It was ${text}.`);
  return text ?? '0';
};

const stop = async (door: Door, service: string, json: boolean): Promise<number> => {
  const it = await ask(door, service, 'republish:stop', {});
  const how = it.state === 'STOPPED' ? 'Stopped' : 'It was over already';
  console.log(json ? JSON.stringify(it) : `${how}, at position ${it.position}.`);
  return 0;
};

await run(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ from: { type: 'string' }, to: { type: 'string' }, url: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
      ...{ watch: { type: 'boolean', default: false }, stop: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
    },
  });
  const [service, ...more] = positionals;
  if (values.help || service === undefined) {
    console.log(usage);
    return values.help ? 0 : 1;
  }
  if (more.length > 0) throw new Trouble(`One service at a time; ${more.join(' ')} is too much.`);
  const range = { from: position(values.from, 'from'), to: position(values.to, 'to') };
  const wishes = [values.watch, values.stop, values.from !== undefined || values.to !== undefined];
  if (wishes.filter(Boolean).length > 1) throw new Trouble('--watch and --stop stand alone.');
  const door = await doorOf('republish', values.url);
  if (values.stop) return stop(door, service, values.json);
  if (!values.watch) await ask(door, service, 'republish', range);
  return follow(door, service, values.json);
});
