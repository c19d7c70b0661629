import { describe, expect, it } from '@jest/globals';
import { parseExposition } from './exposition.js';

const good = `# HELP a_total What was done.
# TYPE a_total counter
a_total{name="a \\"b\\" \\\\ c"} 3
# HELP b_seconds How long.
# TYPE b_seconds histogram
b_seconds_count 2
b_seconds_sum 0.5
b_seconds_bucket{le="1"} 1
b_seconds_bucket{le="+Inf"} 2
`;

describe('the reader of Prometheus’ text format', () => {
  it('reads names, labels and values', () => {
    const families = parseExposition(good);
    expect(families.get('a_total')?.samples).toEqual([{ name: 'a_total', labels: { name: 'a "b" \\ c' }, value: 3 }]);
    expect([families.get('b_seconds')?.type, families.get('b_seconds')?.samples.length]).toEqual(['histogram', 4]);
  });

  it.each([
    ['a text whose last line has no end', good.trimEnd()],
    ['a metric that comes twice', good + good],
    ['a sample that comes twice', `${good}b_seconds_sum 0.5\n`],
    ['a sample before its TYPE', `x 1\n${good}`],
    ['a counter whose name does not end in _total', good.replaceAll('a_total', 'a')],
    ['buckets that shrink', good.replace('{le="1"} 1', '{le="1"} 3')],
    ['a histogram whose last bucket is not its count', good.replace('+Inf"} 2', '+Inf"} 1')],
    ['a value that is no number', good.replace('} 3', '} three')],
    ['a label without its quotes', good.replace('le="1"', 'le=1')],
    ['a label with a bare quote', good.replace('\\"b\\"', '"b"')],
  ])('refuses %s', (_, text) => {
    expect(() => parseExposition(text)).toThrow();
  });
});
