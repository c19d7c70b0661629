import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Metadata } from '@grpc/grpc-js';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { bearer, openHouse, type Answer, type House } from './testing/house.js';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';
const time = '2026-03-01T12:00:00.000Z';

describe('a moment in a query string', () => {
  let house: House;
  let authorization: string;
  let answer: Answer;
  beforeAll(async () => {
    house = await openHouse((heard, call) => answer(heard, call), ['accounts', 'interactions', 'complaints', 'loyalty', 'privacy']);
    authorization = await bearer(house);
  });
  afterAll(() => house.close());
  beforeEach(() => {
    house.heard.length = 0;
    answer = ({ method, metadata }, call) => {
      if (method === 'GetCustomer') return { freshness: { asOf: metadata['as-of'], lagMs: 0 }, data: {} };
      const said = new Metadata();
      for (const [name, value] of Object.entries(metadata)) said.set(name, value);
      call.sendMetadata(said);
      return {};
    };
  });
  const ask = async (path: string, init: RequestInit = {}) => {
    const answered = await fetch(house.url + path, { headers: { authorization, 'content-type': 'application/json' }, ...init });
    return { status: answered.status, headers: answered.headers, json: (await answered.json()) as Record<string, unknown> };
  };

  it('reaches the service that answers, in UTC, and the answer says it', async () => {
    const { status, headers } = await ask(`/v1/accounts?asOf=2026-03-01T20:00:00%2B08:00&kind=PERSON`);
    expect([status, headers.get('as-of')]).toEqual([200, time]);
    expect(house.heard[0]).toMatchObject({ method: 'ListAccounts', request: { kind: 'PERSON' }, metadata: { 'as-of': time } });
    const one = await ask(`/v1/accounts/${id}?as_of_position=12`);
    expect([one.status, one.headers.get('as-of-position'), one.headers.get('as-of')]).toEqual([200, '12', null]);
  });
  it('is asked of no service where nobody names one, whatever headers a client sends', async () => {
    await ask('/v1/accounts', { headers: { authorization, 'as-of': time } });
    expect(house.heard[0]?.metadata).toEqual({});
  });
  it('is that of every section of the page of one customer, and of the page', async () => {
    const { status, json } = await ask(`/v1/customers/${id}?asOf=${time}`);
    expect([status, json['asOf']]).toEqual([200, time]);
    expect(house.heard.map((it) => it.metadata['as-of'])).toEqual(Array.from({ length: 5 }, () => time));
    for (const section of Object.values(json['sections'] as object)) expect(section).toMatchObject({ state: 'OK', asOf: time });
  });
  it('in the future is refused by the page as by one service', async () => {
    answer = () => {
      throw new Rejection('as-of-in-the-future', 'invalid', 'must not lie in the future', { errors: [{ field: 'asOf', rule: 'x', message: 'y' }] });
    };
    for (const path of [`/v1/customers/${id}`, `/v1/accounts/${id}`]) {
      const { status, json } = await ask(`${path}?asOf=2999-01-01T00:00:00Z`);
      expect([status, json['type'], json['errors']]).toEqual([422, '/problems/as-of-in-the-future', [expect.objectContaining({ field: 'asOf' })]]);
    }
  });
  it.each([
    ['a time without a zone', '/v1/accounts?asOf=2026-03-01T12:00:00', 422, 'as-of-invalid', 'asOf'],
    ['nothing', '/v1/accounts?asOf=', 422, 'as-of-invalid', 'asOf'],
    ['a plus sign that became a blank', '/v1/accounts?asOf=2026-03-01T20:00:00+08:00', 422, 'as-of-invalid', 'asOf'],
    ['a time given twice', `/v1/accounts?asOf=${time}&asOf=${time}`, 422, 'as-of-invalid', 'asOf'],
    ['two moments', `/v1/accounts?asOf=${time}&asOfPosition=1`, 422, 'as-of-invalid', 'asOfPosition'],
    ['a position that is none', '/v1/accounts?asOfPosition=1e3', 422, 'as-of-invalid', 'asOfPosition'],
    ['a position where several services answer', `/v1/customers/${id}?asOfPosition=1`, 400, 'filter-unknown', 'asOfPosition'],
  ])('is refused: %s', async (_what, path, status, slug, field) => {
    const { json, ...answered } = await ask(path);
    expect([answered.status, json['type']]).toEqual([status, `/problems/${slug}`]);
    expect(json['errors']).toEqual([expect.objectContaining({ field })]);
    expect(house.heard).toEqual([]);
  });
  it('is no parameter of a command', async () => {
    const { status, json } = await ask(`/v1/accounts?asOf=${time}`, { method: 'POST', body: '{"kind":"PERSON","displayName":"x"}' });
    expect([status, json['type']]).toEqual([400, '/problems/filter-unknown']);
  });
});
