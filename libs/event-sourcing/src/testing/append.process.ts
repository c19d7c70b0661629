import { writeSync } from 'node:fs';
import { openAppender } from '../appender.js';
import { uuid5 } from '../ids.js';
import { entryOf } from './entries.js';

// A process that appends until it is killed, and prints each answer the moment it has it: `key stream position`.

const [url = '', name = '', lanes = '16'] = process.argv.slice(2);
const appender = openAppender(url, { name, patience: 60_000 });
const streams = '9b1c7d2e-4f3a-5b6c-8d7e-0a1b2c3d4e5f';

const lane = async (n: number): Promise<void> => {
  for (let m = 0; ; m++) {
    const key = `${name} ${n} ${m}`;
    // Each third command goes without a key: it must not be done twice either.
    const stream = uuid5(streams, key);
    const outcome = await appender.append(entryOf(stream, { key: m % 3 === 0 ? undefined : key, count: 1 + (m % 3) }));
    writeSync(1, `${outcome.verdict}|${key}|${stream}|${'position' in outcome ? outcome.position : ''}\n`);
  }
};

await Promise.all(Array.from({ length: Number(lanes) }, (_, n) => lane(n)));
