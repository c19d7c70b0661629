import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { doorOf } from '../door.ts';
import { Trouble } from '../trouble.ts';
import { historyApi, type HistoryApi } from './api.ts';
import { openExport, type Wanted } from './export.file.ts';
import { writePapers } from './export.papers.ts';
import type { Verb } from './verb.ts';

/** A part is written when it has so many characters. */
const partSize = 4_000_000;
const linesAtOnce = 100_000;
const proofsAtOnce = 8;
const breaksInARow = 5;

const options = {
  from: { type: 'string' },
  to: { type: 'string' },
  stream: { type: 'string' },
  customer: { type: 'string' },
  out: { type: 'string' },
  url: { type: 'string' },
} as const;

const position = (text: string | undefined, name: string): number | undefined => {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new Trouble(`--${name} is a position: a whole number from 1. It was ${text}.`);
  return Number(text);
};

/** Positions and texts from after a position to another; goes on where the connection breaks. */
async function* eventsOf(api: HistoryApi, after: number, to: number): AsyncGenerator<[number, string]> {
  let at = after;
  for (let breaks = 0; at < to;) {
    const before = at;
    try {
      for await (const line of api.lines(at, Math.min(linesAtOnce, to - at))) yield [++at, line];
    } catch (error) {
      if (error instanceof Trouble || ++breaks > breaksInARow) throw error;
      await pause(1_000);
      continue;
    }
    if (at === before) throw new Trouble(`The history ends at position ${at}; ${to} is not in it.`);
    breaks = 0;
  }
}

/** Does this record belong to what is wanted? Its attributes stand before `data`, where no other text can look like them. */
const filterOf = ({ stream, customer }: Wanted): ((record: string) => boolean) => {
  const wanted = stream === undefined ? `,"customer":"${customer}"` : undefined;
  return (record) => {
    const [head = ''] = record.split(',"data":', 1);
    if (wanted !== undefined) return head.includes(wanted) || (JSON.parse(record) as { subject: string }).subject === `account/${customer}`;
    const { subject } = JSON.parse(record) as { subject: string };
    return subject === stream || subject.endsWith(`/${stream}`);
  };
};

const proofsOf = async (api: HistoryApi, positions: readonly number[], size: number): Promise<string[]> => {
  const lines: string[] = [];
  for (let n = 0; n < positions.length; n += proofsAtOnce) {
    const part = positions.slice(n, n + proofsAtOnce);
    const paths = await Promise.all(part.map((it) => api.json<{ path: string[] }>(`proof?position=${it}&size=${size}`)));
    lines.push(...paths.map(({ path }, i) => JSON.stringify({ position: part[i], index: Number(part[i]) - 1, size, path })));
  }
  return lines;
};

const toStdout = async (api: HistoryApi, from: number, to: number, matches: (record: string) => boolean): Promise<void> => {
  for await (const [, line] of eventsOf(api, from - 1, to))
    if (matches(line) && !process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
};

const toFolder = async (api: HistoryApi, out: string, asked: Wanted, stated: boolean): Promise<void> => {
  const folder = resolve(out);
  const { Progress } = await import('@guanxi/importer/progress');
  const files = openExport(folder, asked, stated);
  const { wanted } = files;
  const { from, to, stream, customer } = wanted;
  const filtered = stream !== undefined || customer !== undefined;
  const matches = filtered ? filterOf(wanted) : undefined;
  // Signed first: the proofs lead to it.
  await api.text(`checkpoints/${to}`);
  let at = files.position();
  const began = at;
  if (at >= from) console.error(`Goes on after position ${at}.`);
  const progress = new Progress(process.stderr, () => ({ share: to > began ? (at - began) / (to - began) : 1, rows: at - began, refused: 0 }));
  let part: [number, string][] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    const proofs = filtered
      ? await proofsOf(
          api,
          part.map(([it]) => it),
          to,
        )
      : [];
    await files.append(
      at,
      part.map(([, line]) => line),
      proofs,
    );
    [part, size] = [[], 0];
  };
  try {
    for await (const [here, line] of eventsOf(api, at, to)) {
      at = here;
      if (!matches || matches(line)) {
        part.push([here, line]);
        size += line.length;
      }
      if (size >= partSize || (filtered && here % linesAtOnce === 0)) await flush();
    }
    await flush();
  } finally {
    progress.end();
  }
  const seconds = progress.seconds;
  await writePapers(api, folder, wanted);
  const events = files.events();
  files.end();
  console.error(
    `${events.toLocaleString('en')} events in ${seconds.toFixed(1)} s, positions ${from} to ${to}, in ${folder}. Verify it: node scripts/verify-history.mjs ${out}`,
  );
};

interface Values {
  readonly from?: string;
  readonly to?: string;
  readonly stream?: string;
  readonly customer?: string;
}

/** What is asked for, as far as the history has it. */
const wantedOf = async (api: HistoryApi, service: string, { stream, customer, ...range }: Values): Promise<Wanted> => {
  if (stream !== undefined && customer !== undefined) throw new Trouble('One of --stream and --customer, not both.');
  const [from, stated] = [position(range.from, 'from') ?? 1, position(range.to, 'to')];
  const head = await api.head();
  if (head === 0) throw new Trouble(`The history of ${service} is empty.`);
  const to = stated ?? head;
  if (to > head || from > to) throw new Trouble(`Positions ${from} to ${to} are not in the history of ${service}: it has 1 to ${head}.`);
  const { epochs } = await api.json<{ epochs: { id: string }[] }>('epochs');
  return { service, epoch: epochs.at(-1)?.id ?? '', from, to, ...(stream && { stream }), ...(customer && { customer }) };
};

export const verb: Verb = {
  usage: `export <service> [--from N] [--to N] [--stream ID | --customer ID] [--out DIR] [--url URL]
  Writes a service's events with all that proves them into a folder; to stdout, one text a line, without --out.
  --from, --to   positions; from 1 to the history's end unless named
  --stream       only one stream's: its id, or order/<id>; with an inclusion proof each, not provably complete
  --customer     only those of one account, likewise
  Cut short, the same command goes on where it ended.`,
  run: async (args) => {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
    const [service] = positionals;
    if (service === undefined || positionals.length > 1) throw new Trouble('Name one service: npm run history -- export accounts --out audit');
    const api = historyApi(await doorOf('history', values.url), service);
    const wanted = await wantedOf(api, service, values);
    const { stream, customer, from, to } = wanted;
    if (values.out !== undefined) await toFolder(api, values.out, wanted, values.to !== undefined);
    else await toStdout(api, from, to, stream === undefined && customer === undefined ? () => true : filterOf(wanted));
  },
};
