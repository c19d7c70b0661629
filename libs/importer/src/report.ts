import type { ImportReport } from './import.js';

const number = (value: number): string => value.toLocaleString('en');

/** The report of an import, for a person. */
export const reportOf = (
  kind: string,
  { counts, seconds, refusals, behindMs }: ImportReport,
  how: { dryRun: boolean; refused?: string | undefined },
): string => {
  const rate = seconds > 0 ? Math.round((counts.rows - counts.skipped) / seconds) : 0;
  const rows: [string, number][] = [
    [how.dryRun ? 'would be sent' : 'imported', counts.done],
    ['imported before', counts.again],
    ['passed over', counts.skipped],
    ['refused', counts.refused],
  ];
  if (counts.registered + counts.known)
    rows.push([how.dryRun ? 'customers met' : 'customers registered', counts.registered], ['customers known before', counts.known]);
  if (counts.enrolled + counts.members)
    rows.push([how.dryRun ? 'customers to enrol' : 'customers enrolled', counts.enrolled], ['members before', counts.members]);
  const width = Math.max(...rows.map(([, value]) => number(value).length));
  return [
    `${kind}: ${number(counts.rows)} rows in ${seconds.toFixed(1)} s (${number(rate)}/s)`,
    ...rows.map(([name, value]) => `  ${number(value).padStart(width)}  ${name}`),
    ...(refusals.length
      ? ['Refused:', ...refusals, ...(how.refused ? [`All of them: ${how.refused}`] : ['--refused file.csv lists all of them.'])]
      : []),
    ...(behindMs ? [`Views are ${(behindMs / 1000).toFixed(0)} s behind; they catch up by themselves (npm run status).`] : []),
    ...(how.dryRun ? ['Nothing was sent. The rules of the services are asked only in earnest.'] : []),
  ].join('\n');
};
