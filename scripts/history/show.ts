import { parseArgs } from 'node:util';
import { doorOf } from '../door.ts';
import { Trouble } from '../trouble.ts';
import { entriesOf, type Missing, type Named } from './entries.ts';
import { tableOf } from './entries.table.ts';
import type { Verb } from './verb.ts';

const options = {
  from: { type: 'string' },
  to: { type: 'string' },
  desc: { type: 'boolean' },
  data: { type: 'boolean' },
  json: { type: 'boolean' },
  url: { type: 'string' },
} as const;

const missingText = (missing: readonly Missing[]): string => missing.map(({ service, reason }) => `${service} (${reason})`).join(', ');

/** The id at the end of `order/<id>`, `<id>`. */
const idOf = (name: string): string => {
  const id = name.slice(name.lastIndexOf('/') + 1);
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
    throw new Trouble(`${name} is no id: name a customer, or a service and one of its streams.`);
  return id;
};

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

/** Whose events are asked for. */
const namedOf = ([first, second, ...more]: readonly string[], { from, to, desc = false }: Values): Named => {
  if (first === undefined || more.length > 0)
    throw new Trouble('Name a customer (show <id>), or a service and one of its streams (show accounts order/<id>).');
  if (second === undefined) return { customer: idOf(first), from, to, desc };
  if (from !== undefined || to !== undefined || desc) throw new Trouble('--from, --to and --desc are for a customer.');
  return { service: first, stream: idOf(second) };
};

export const verb: Verb = {
  usage: `show <customer id> | show <service> <stream> [--from T] [--to T] [--desc] [--data] [--json] [--url URL]
  Who did what, when and why: with a customer over all services, or with one stream of a service, by its id or as order/<id>.
  --from, --to  only of these times: a date, or a time with its zone (a customer's)
  --desc        the newest first (a customer's)
  --data        also what each event says
  --json        one JSON object a line`,
  run: async (args) => {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
    const { data = false, json = false } = values;
    const missing: Missing[] = [];
    const pages = entriesOf(await doorOf('history', values.url), namedOf(positionals, values), missing);
    // A file keeps what a terminal has no room for.
    const table = tableOf({ width: process.stdout.isTTY ? process.stdout.columns : Infinity, data });
    let shown = 0;
    for await (const page of pages) {
      for (const entry of page) console.log(json ? JSON.stringify(entry) : table(entry));
      shown += page.length;
    }
    console.error(`\n${shown.toLocaleString('en')} events.`);
    if (missing.length === 0) return 0;
    console.error(`Not complete: ${missingText(missing)} did not answer.`);
    return 1;
  },
};
