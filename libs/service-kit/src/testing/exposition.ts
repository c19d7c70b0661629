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

/** Reads lines one by one; each sample belongs to the metric whose TYPE came last. */
const reader = () => {
  const families = new Map<string, Family & { samples: Sample[] }>();
  const seen = new Set<string>();
  let help = '';
  let family: (Family & { samples: Sample[] }) | undefined;
  const declare = (name: string, type: string): void => {
    if (families.has(name) || !suffixes[type] || (type === 'counter') !== name.endsWith('_total')) throw new Error(`a bad TYPE: ${name} ${type}`);
    families.set(name, (family = { name, type, help, samples: [] }));
  };
  const take = (sample: Sample): void => {
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
    const belongs = suffixes[family?.type ?? '']?.some((suffix) => sample.name === `${family?.name}${suffix}`);
    if (!belongs || seen.has(key)) throw new Error(`out of place: ${key}`);
    seen.add(key);
    family?.samples.push(sample);
  };
  const read = (text: string): void => {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(text) ?? [];
    if (keyword === 'HELP') help = rest;
    if (keyword === 'TYPE') declare(name, rest);
    if (!text.startsWith('#')) take(sampleOf(text));
  };
  return { families, read };
};

/**
 * Reads Prometheus' text format strictly: each metric once, HELP and TYPE before its samples, no sample twice, counters that end in
 * `_total`, buckets that grow up to the count. @throws Error at the first fault
 */
export const parseExposition = (text: string): ReadonlyMap<string, Family> => {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const { families, read } = reader();
  for (const it of text.split('\n')) if (it !== '') read(it);
  for (const it of families.values()) if (it.type === 'histogram') demandHistogram(it);
  return families;
};
