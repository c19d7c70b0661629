import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { run, Trouble } from './trouble.ts';
import { start } from './up/house.ts';

const say = (text: string): void => console.log(text);

await run(async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, strict: true, options: { kafka: { type: 'boolean', default: false } } });
  if (positionals.length) throw new Trouble(`npm start takes --kafka and nothing else; it was given ${positionals.join(' ')}.`);

  // Later signals change nothing: whoever stops twice must not cut the first stop short.
  const stopping = new AbortController();
  const asked = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());

  const began = performance.now();
  try {
    const { url, folder, stop } = await start(say, stopping.signal, values);
    say(`
Guanxi is ready (${((performance.now() - began) / 1000).toFixed(1)} s).

  API         ${url}
  Reference   ${url}/docs
  A token     npm run -s token
  How it is   npm run status
  Data, logs  ${relative(process.cwd(), folder) || folder}

Ctrl-C stops it.`);
    await asked;
    say('\nStopping: the services finish their work, then the database.');
    await stop();
    say('Stopped.');
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    say('Stopped before it was ready.');
  }
});
