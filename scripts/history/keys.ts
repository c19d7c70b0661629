import { parseArgs } from 'node:util';
import { doorOf } from '../door.ts';
import { Trouble } from '../trouble.ts';
import { historyApi } from './api.ts';
import type { Verb } from './verb.ts';

export const verb: Verb = {
  usage: `keys <service> [--url URL]
  Prints the public keys that signed and sign the service's checkpoints, one a line. An auditor keeps them.`,
  run: async (args) => {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { url: { type: 'string' } } });
    const [service] = positionals;
    if (service === undefined || positionals.length > 1) throw new Trouble('Name one service: npm run history -- keys accounts');
    process.stdout.write(await historyApi(await doorOf('history', values.url), service).text('keys'));
  },
};
