/** A sample of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric with its samples. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const line = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
const number = /^([+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|[+-]Inf|NaN)$/i;

const labelsOf = (text: string): Record<string, string> => {
  const labels: Record<string, string> = {};
  label.lastIndex = 0;
  while (label.lastIndex < text.length) {
    const at = label.lastIndex;
    const [, name = '', value = ''] = label.exec(text) ?? [];
    if (name === '' || name in labels) throw new Error(`labels cannot be read from ${at}: ${text}`);
    labels[name] = value.replaceAll(/\\(["\\n])/g, (_, it: string) => (it === 'n' ? '\n' : it));
  }
  return labels;
};

const sampleOf = (text: string): Sample => {
  const [, name = '', labels = '', value = ''] = line.exec(text) ?? [];
  if (name === '' || !number.test(value)) throw new Error(`not a sample: ${text}`);
  return { name, labels: labelsOf(labels), value: Number(value.replace(/inf$/i, 'Infinity')) };
};

const suffixes: Readonly<Record<string, readonly string[]>> = { histogram: ['_bucket', '_sum', '_count'], counter: [''], gauge: [''] };

const demandHistogram = ({ name, samples }: Family): void => {
  const keyOf = ({ labels: { le: _, ...rest } }: Sample): string => JSON.stringify(rest);
  for (const [key, its] of Map.groupBy(samples, keyOf)) {
    const buckets = its.filter((it) => it.name === `${name}_bucket`);
    const count = its.find((it) => it.name === `${name}_count`)?.value;
    const grows = buckets.every((it, n) => n === 0 || it.value >= (buckets[n - 1]?.value ?? 0));
    if (!grows || buckets.at(-1)?.labels['le'] !== '+Inf' || buckets.at(-1)?.value !== count) throw new Error(`${name}${key} is no histogram`);
  }
};

/**
 * Reads Prometheus' text format strictly: each metric once, HELP and TYPE before its samples, no sample twice, counters that end in
 * `_total`, buckets that grow up to the count. @throws Error at the first fault
 */
export const parseExposition = (text: string): ReadonlyMap<string, Family> => {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, Family & { samples: Sample[] }>();
  const seen = new Set<string>();
  let help = '';
  let family: (Family & { samples: Sample[] }) | undefined;
  for (const it of text.split('\n').filter((each) => each !== '')) {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE|UNIT) (\S+) (.*)$/.exec(it) ?? [];
    if (keyword === 'HELP') help = rest;
    if (keyword === 'TYPE') {
      if (families.has(name) || !suffixes[rest] || (rest === 'counter') !== name.endsWith('_total')) throw new Error(`a bad TYPE: ${it}`);
      families.set(name, (family = { name, type: rest, help, samples: [] }));
    }
    if (it.startsWith('#')) continue;
    const sample = sampleOf(it);
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
    const base = family;
    if (!base || !suffixes[base.type]?.some((suffix) => sample.name === base.name + suffix) || seen.has(key)) throw new Error(`out of place: ${it}`);
    seen.add(key);
    base.samples.push(sample);
  }
  for (const it of families.values()) if (it.type === 'histogram') demandHistogram(it);
  return families;
};
