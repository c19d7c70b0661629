import { setTimeout as pause } from 'node:timers/promises';
import type { Republication } from '@guanxi/contracts/guanxi/common/v1/republish';
import type { Door } from '@guanxi/importer/door';
import { patient } from './api.ts';

const lookMs = 250;
const everyMs = { json: 1_000, tty: lookMs, plain: 5_000 };

const numbers = (it: Republication) => ({ from: Number(it.from), to: Number(it.to), at: Number(it.position) });

const progressLine = (it: Republication): string => {
  const { from, to, at } = numbers(it);
  const [done, all] = [Math.max(0, at - from + 1), Math.max(1, to - from + 1)];
  const full = Math.round((24 * Math.min(done, all)) / all);
  const left = it.etaSeconds > 0 ? ` · ${Math.floor(it.etaSeconds / 60)}:${String(it.etaSeconds % 60).padStart(2, '0')} left` : '';
  const share = String(Math.floor((100 * Math.min(done, all)) / all)).padStart(3);
  const rate = `${done.toLocaleString('en')} of ${all.toLocaleString('en')} · ${it.rate.toLocaleString('en')}/s`;
  return `${'█'.repeat(full)}${'░'.repeat(24 - full)} ${share} % · ${rate}${left}${it.reason && ` · ${it.reason}`}`;
};

const summary = (service: string, it: Republication): string =>
  it.state === 'DONE'
    ? `Positions ${it.from} to ${it.to} of ${service} were sent again, ${it.rate.toLocaleString('en')}/s.`
    : `It was stopped at position ${it.position}; ${it.from} to ${it.to} were asked for.`;

/** How it is shown: JSON lines for programs, a moving line on a terminal, else a line now and then. */
const screenOf = (service: string, json: boolean) => {
  const { isTTY } = process.stdout;
  if (json) return { everyMs: everyMs.json, show: (it: Republication) => console.log(JSON.stringify(it)) };
  const show = (it: Republication): void => {
    const text = it.state === 'RUNNING' ? progressLine(it) : summary(service, it);
    if (isTTY) process.stdout.write(`\r\x1b[K${text}${it.state === 'RUNNING' ? '' : '\n'}`);
    else console.log(text);
  };
  return { everyMs: isTTY ? everyMs.tty : everyMs.plain, show };
};

/** Shows the newest one until it is over; the exit code. */
export const follow = async (door: Door, service: string, json: boolean): Promise<number> => {
  process.once('SIGINT', () => {
    if (!json) console.log(`\nIt goes on without you. To end it: npm run republish -- ${service} --stop`);
    process.exit(130);
  });
  const screen = screenOf(service, json);
  for (let shown = performance.now(); ; await pause(lookMs)) {
    const it = await patient(door, service);
    const over = it.state !== 'RUNNING';
    if (over || performance.now() - shown >= screen.everyMs) {
      screen.show(it);
      shown = performance.now();
    }
    if (over) return it.state === 'DONE' ? 0 : 1;
  }
};
