import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bearer, openHouse, type House } from './testing/house.js';

const note = (size: number): string => `guanxi/x\n${size}\nAAAA\n\n— guanxi/accounts AAAA\n`;

describe('the doors of checkpoints and proofs', () => {
  let house: House;
  let authorization: string;
  beforeAll(async () => {
    house = await openHouse(({ method, request }) => {
      const answers: Record<string, object> = {
        ReadCheckpoints: { checkpoints: [note(7), note(9)] },
        GetCheckpoint: { checkpoint: note(Number(request['size'])) },
        GetKeys: { keys: ['a+00000000+AA==', 'b+00000000+AA=='] },
        GetProof: { position: '3', size: '9', path: ['AAAA', 'BBBB'], checkpoint: note(9) },
        GetConsistency: { from: '3', to: '9', path: [] },
        GetEdge: { size: '9', hashes: ['00', '11'] },
      };
      return answers[method] ?? {};
    });
    authorization = await bearer(house, ['AUDITOR']);
  });
  afterAll(() => house.close());
  beforeEach(() => void (house.heard.length = 0));
  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${house.url}/v1/history${path}`, { headers: { authorization, ...headers } });

  it.each([
    ['checkpoints?after=5&limit=2', { after: '5', limit: 2 }, `${note(7)}\n${note(9)}\n`],
    ['checkpoints', { after: '0', limit: 1_000 }, `${note(7)}\n${note(9)}\n`],
    ['checkpoints/latest', { size: '0' }, note(0)],
    ['checkpoints/12', { size: '12' }, note(12)],
    ['keys', {}, 'a+00000000+AA==\nb+00000000+AA==\n'],
  ])('%s is plain text', async (path, request, text) => {
    const answered = await ask(`/accounts/${path}`);
    expect([answered.status, answered.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(await answered.text()).toBe(text);
    expect(house.heard.at(-1)?.request).toEqual(request);
  });
  it.each([
    ['proof?position=3', { position: '3', size: '0' }, { position: '3', size: '9', path: ['AAAA', 'BBBB'], checkpoint: note(9) }],
    ['proof?position=3&size=9', { position: '3', size: '9' }, { path: ['AAAA', 'BBBB'] }],
    ['consistency?from=3', { from: '3', to: '0' }, { from: '3', to: '9', path: [] }],
    ['edge?size=9', { size: '9' }, { size: '9', hashes: ['00', '11'] }],
  ])('%s is JSON', async (path, request, json) => {
    const answered = await ask(`/accounts/${path}`);
    expect([answered.status, answered.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(await answered.json()).toMatchObject(json);
    expect(house.heard.at(-1)?.request).toEqual(request);
  });
  it.each([
    ['/accounts/proof', 422],
    ['/accounts/proof?position=0', 422],
    ['/accounts/proof?position=x', 422],
    ['/accounts/proof?position=1&size=-1', 422],
    ['/accounts/consistency?to=3', 422],
    ['/accounts/consistency?from=0&to=3', 422],
    ['/accounts/edge', 422],
    ['/accounts/checkpoints?limit=1001', 422],
    ['/accounts/checkpoints?before=3', 400],
    ['/accounts/checkpoints/0', 400],
    ['/accounts/checkpoints/newest', 400],
    ['/nobody/keys', 404],
  ])('%s is answered %d', async (path, status) => {
    const answered = await ask(path);
    expect([answered.status, answered.headers.get('content-type')]).toEqual([status, 'application/problem+json; charset=utf-8']);
    expect(house.heard).toEqual([]);
  });
  it('are for auditors, subscribers and administrators', async () => {
    expect((await ask('/accounts/keys', { authorization: '' })).status).toBe(401);
    for (const path of ['keys', 'checkpoints', 'checkpoints/latest', 'proof?position=1', 'consistency?from=1', 'edge?size=1'])
      expect((await ask(`/accounts/${path}`, { authorization: await bearer(house, ['SALESPERSON']) })).status).toBe(403);
  });
});
