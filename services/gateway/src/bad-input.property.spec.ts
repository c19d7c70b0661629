import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { routes, type Route } from '@guanxi/contracts/routes';
import { sections } from './customer.sections.js';
import { batch } from './testing/batch.client.js';
import { bearer, committed, openHouse, type House } from './testing/house.js';

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    '',
    '\0',
    '\ud83d',
    '2026-02-30T00:00:00Z',
    '2026-03-01T00:00:00Z',
    'PERSON',
    1e400,
    -0,
    2 ** 53,
    '9223372036854775808',
    '1.5',
    '01890a5d-ac96-774b-bcce-b302099a8057',
    '\u202eabc',
    'x'.repeat(40_000),
  ),
);

/** A value that is right for the field, more or less often. */
const valueOf = (field: DescField, depth: number): fc.Arbitrary<unknown> => {
  const one =
    field.message && depth < 3 && field.message.typeName.startsWith('guanxi.')
      ? requestOf(field.message, depth + 1)
      : field.enum
        ? fc.constantFrom(...field.enum.values.map((it) => it.name))
        : odd;
  return fc.oneof({ weight: 3, arbitrary: field.fieldKind === 'list' ? fc.array(one, { maxLength: 3 }) : one }, { weight: 1, arbitrary: odd });
};

const requestOf = (desc: DescMessage, depth = 0): fc.Arbitrary<object> =>
  fc.record(Object.fromEntries([...desc.fields.map((field) => [field.jsonName, valueOf(field, depth)] as const), ['stranger', odd] as const]), {
    requiredKeys: [],
  });

const segment = fc.oneof(
  fc.constantFrom('01890a5d-ac96-774b-bcce-b302099a8057', '..', '%2e%2e', '%00', '%ff', "'; drop table accounts"),
  fc.string(),
);
const called = fc.constantFrom(...routes).chain((route) => fc.tuple(fc.constant(route), requestOf(route.method.input), segment, fc.boolean()));

const urlOf = (route: Route, request: object, id: string): string => {
  const path = route.template.replaceAll(/\{[^}]+\}/g, () => (id.startsWith('%') ? id : encodeURIComponent(id.toWellFormed()) || 'x'));
  if (route.hasBody) return path;
  const query = new URLSearchParams(
    Object.entries(request).map(([name, value]): [string, string] => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
  return `${path}?${String(query).slice(0, 8_000)}`;
};

describe('whatever is sent', () => {
  let house: House;
  let authorization: string;
  beforeAll(async () => {
    const commands = new Set(routes.filter((it) => it.kind === 'command').map((it) => it.method.name));
    house = await openHouse(({ method }) => (commands.has(method) ? committed : {}), Object.values(sections));
    authorization = await bearer(house);
  });
  afterAll(() => house.close());

  it('to any route is answered or refused with a problem, never with a failure', async () => {
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(called, async ([route, request, id, cut]) => {
        const text = JSON.stringify(request);
        const body = route.hasBody ? { body: cut ? text.slice(0, -1) : text } : {};
        const answered = await fetch(house.url + urlOf(route, request, id), {
          method: route.verb,
          headers: { authorization, 'content-type': 'application/json' },
          ...body,
        });
        seen.add(answered.status);
        if (answered.status < 300) return answered.body?.cancel();
        expect(answered.status).toBeLessThan(500);
        expect(await answered.json()).toMatchObject({
          type: expect.stringMatching(/^\/problems\/[a-z-]+$/),
          title: expect.stringMatching(/./),
          status: answered.status,
          traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
        });
      }),
      { numRuns: 500 },
    );
    expect([...seen]).toEqual(expect.arrayContaining([400, 422]));
  });
  it('to the batch door gets one answer a line, in order', async () => {
    const command = fc
      .constantFrom(...routes.filter((it) => it.kind === 'command'))
      .chain(({ method }) =>
        fc.record(
          { command: fc.constant(method.input.typeName), idempotencyKey: fc.oneof(fc.uuid(), odd), request: requestOf(method.input) },
          { requiredKeys: ['command'] },
        ),
      );
    const line = fc.oneof(
      command.map((it) => JSON.stringify(it)),
      odd.map((it) => JSON.stringify(it) ?? ''),
      fc.string().map((it) => it.replaceAll('\n', '')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 20 }), async (lines) => {
        const answers = await batch(house.url, authorization, lines.join('\n'));
        const expected = lines.flatMap((text, i) => (/^[\t\v\f\r ]*$/.test(text) ? [] : [i + 1]));
        expect(answers.map((it) => it.line)).toEqual(expected);
        for (const { ok, problem } of answers) expect(ok || (problem!.status >= 400 && problem!.status < 500)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
