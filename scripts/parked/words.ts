import type { DiscardedEvent, ParkedKey, Redriven } from '@guanxi/contracts/guanxi/common/v1/parking';
import type { Generation } from '@guanxi/contracts/guanxi/common/v1/rebuilds';

const instant = (at: string | undefined): string => at?.replace('T', ' ').slice(0, 19) ?? '';
/** `7` is an own event, `7/3` the third received one, heard when the history stood at 7. */
const placeOf = ({ position, seq }: { readonly position: string; readonly seq: string }): string => (seq === '0' ? position : `${position}/${seq}`);
const shortly = (type: string): string => type.slice(type.lastIndexOf('.') + 1);

const table = (lines: readonly (readonly string[])[]): string => {
  const widths = lines[0]?.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0))) ?? [];
  const text = (line: readonly string[]): string => line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ');
  return lines.map((line) => text(line).trimEnd()).join('\n');
};

/** Parked keys of services, one a line. */
export const parkedTable = (all: readonly (readonly [service: string, ParkedKey])[]): string =>
  table([
    ['service', 'view', 'key', 'event', 'at', 'failed', 'error', 'tries', 'since (UTC)'],
    ...all.map(([service, it]) => [
      ...[service, it.live ? it.view : it.generation, it.key, shortly(it.type), placeOf(it), it.what, it.error, `${it.tries}`, instant(it.since)],
    ]),
  ]);

/** Views that stopped, and how they go on. */
export const stoppedText = (all: readonly (readonly [service: string, Generation])[]): string =>
  all
    .map(([service, { view, reason }]) =>
      [`${service}: view ${view} stands still: ${reason}.`, `  mended? npm run parked -- ${service} restart ${view}`].join('\n'),
    )
    .join('\n');

/** One key, what failed, and what was discarded before. */
export const keyText = (service: string, { parked, discarded }: { parked: readonly ParkedKey[]; discarded: readonly DiscardedEvent[] }): string => {
  const waiting = parked.map((it) =>
    [
      `${it.view} ${it.key} (${it.generation}${it.live ? ', live' : ''})`,
      `  passes over everything from event ${placeOf(it)} on: ${it.type}`,
      `  ${it.what} failed with ${it.error}, ${it.tries} times, since ${instant(it.since)}, last ${instant(it.triedAt)}`,
      it.customerId ? `  customer ${it.customerId}` : '',
      it.seq === '0' ? `  the event: GET /v1/history/${service}/events?after=${Number(it.position) - 1}&limit=1` : '',
    ]
      .filter(Boolean)
      .join('\n'),
  );
  const gone = discarded.map((it) => `discarded: event ${placeOf(it)} (${shortly(it.type)}) by ${it.actor} at ${instant(it.at)}: ${it.reason}`);
  return [...waiting, ...gone].join('\n');
};

/** What came of keys. */
export const redrivenText = (all: readonly Redriven[]): string => {
  const failed = all.filter((it) => !it.folded);
  const lines = failed.map(({ view, key }) => `${view} ${key} stays parked`);
  return [`${all.length - failed.length} of ${all.length} keys are up to date.`, ...lines].join('\n');
};
