import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bearer, openHouse, type Answer, type House } from './testing/house.js';

const record = (position: number) => `{"specversion":"1.0","data":{"note":"关系 ${position}","n":${position}}}`;

interface Request {
  after: string;
  limit: number;
  partition?: number;
  waitSeconds: number;
}

describe('the history door', () => {
  let house: House;
  let answer: Answer;
  let authorization: string;
  let head: number;
  beforeAll(async () => {
    house = await openHouse((heard, call) => answer(heard, call));
    authorization = await bearer(house);
  });
  afterAll(() => house.close());
  beforeEach(() => {
    house.heard.length = 0;
    head = 2_500;
    answer = ({ method, request }) => {
      if (method === 'ListEpochs') return { epochs: [{ id: '01890a5d-ac96-774b-bcce-b302099a8057', base: '0' }] };
      const { after, limit, partition } = request as unknown as Request;
      const all = Array.from({ length: head }, (_, i) => i + 1).filter(
        (it) => it > Number(after) && (partition === undefined || it % 24 === partition),
      );
      const positions = all.slice(0, limit);
      return {
        records: positions.map(record),
        positions: positions.map(String),
        epoch: '01890a5d-ac96-774b-bcce-b302099a8057',
        base: '7',
        head: String(head),
      };
    };
  });
  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${house.url}/v1/history${path}`, { headers: { authorization, ...headers } });
  const lines = async (answered: Response) => (await answered.text()).split('\n').slice(0, -1);

  it('gives the exact texts, one a line, with epoch and base', async () => {
    const answered = await ask('/accounts/events?after=10&limit=3');
    expect([answered.status, answered.headers.get('content-type')]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
    expect([answered.headers.get('epoch'), answered.headers.get('base')]).toEqual(['01890a5d-ac96-774b-bcce-b302099a8057', '7']);
    expect(await lines(answered)).toEqual([11, 12, 13].map(record));
  });
  it('gives 1,000 lines unless more are asked for, and pages through what a service gives at once', async () => {
    expect(await lines(await ask('/accounts/events'))).toHaveLength(1_000);
    house.heard.length = 0;
    const all = await lines(await ask('/accounts/events?limit=100000'));
    expect(all).toEqual(Array.from({ length: head }, (_, i) => record(i + 1)));
    expect(house.heard.map((it) => (it.request as unknown as Request).after)).toEqual(['0', '1000', '2000']);
  });
  it('gives one partition with positions', async () => {
    expect(await lines(await ask('/accounts/events?partition=5&limit=2&after=5'))).toEqual([`29 ${record(29)}`, `53 ${record(53)}`]);
    expect(await lines(await ask('/accounts/events?partition=0&limit=100000'))).toHaveLength(104);
  });
  it('waits only for the first page', async () => {
    await lines(await ask('/accounts/events?wait=5&limit=1500'));
    expect(house.heard.map((it) => (it.request as unknown as Request).waitSeconds)).toEqual([5, 0]);
  });
  it('breaks off where the epoch changes between two pages', async () => {
    const before = answer;
    answer = async (heard, call) => ({ ...(await before(heard, call)), epoch: house.heard.length > 1 ? 'f' : 'e' });
    await expect(ask('/accounts/events?limit=2000').then((it) => it.text())).rejects.toThrow('terminated');
  });
  it('is empty at the end of the history', async () => {
    const answered = await ask('/accounts/events?after=2500');
    expect([answered.status, answered.headers.get('base'), await answered.text()]).toEqual([200, '7', '']);
  });
  it('lists the epochs', async () => {
    expect(await (await ask('/complaints/epochs')).json()).toEqual({ epochs: [{ id: '01890a5d-ac96-774b-bcce-b302099a8057', base: '0' }] });
  });
  it.each([
    ['/accounts/events?after=-1', 422],
    ['/accounts/events?after=x', 422],
    ['/accounts/events?after=', 422],
    ['/accounts/events?after=1&after=2', 422],
    ['/accounts/events?after=99999999999999999', 422],
    ['/accounts/events?limit=0', 422],
    ['/accounts/events?limit=1.5', 422],
    ['/accounts/events?wait=31', 422],
    ['/accounts/events?partition=-1', 422],
    ['/accounts/events?partition=40000', 422],
    ['/accounts/events?until=7', 400],
    ['/nobody/events', 404],
    ['/nobody/epochs', 404],
  ])('%s is answered %d', async (path, status) => {
    const answered = await ask(path);
    expect([answered.status, answered.headers.get('content-type')]).toEqual([status, 'application/problem+json; charset=utf-8']);
    expect(await answered.json()).toMatchObject({ status, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(house.heard).toEqual([]);
  });
  it('is for auditors, subscribers and administrators', async () => {
    expect((await ask('/accounts/events', { authorization: '' })).status).toBe(401);
    expect((await ask('/accounts/events?after=x', { authorization: await bearer(house, ['SALESPERSON']) })).status).toBe(403);
    expect((await ask('/accounts/epochs', { authorization: await bearer(house, ['SALESPERSON']) })).status).toBe(403);
    expect((await ask('/accounts/events', { authorization: await bearer(house, ['AUDITOR']) })).status).toBe(200);
  });
});
