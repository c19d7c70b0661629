import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { History } from '@guanxi/contracts/guanxi/common/v1/history_pb';
import { parseCheckpoint } from '@guanxi/event-sourcing/checkpoint.text';
import { history } from '@guanxi/event-sourcing/history';
import { leafHash, rootOf } from '@guanxi/event-sourcing/merkle';
import { provesConsistency, provesInclusion } from '@guanxi/event-sourcing/merkle.proof';
import { parseNote, signedBy, verifierText } from '@guanxi/event-sourcing/note';
import { notaryTest, signer } from '@guanxi/event-sourcing/testing/notary.setup';
import { until } from '@guanxi/event-sourcing/testing/shop.setup';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { historyController } from './history.controller.js';
import { testServer, type TestServer } from './testing/server.js';
import { UnaryClient } from './unary.client.js';

const { readCheckpoints, getCheckpoint, getKeys, getProof, getConsistency, getEdge } = History.method;

describe('the rpcs of checkpoints and proofs', () => {
  let database: FreshDatabase;
  let test: Awaited<ReturnType<typeof notaryTest>>;
  let server: TestServer;
  let client: UnaryClient;
  let authorization: string;
  beforeAll(async () => {
    database = await freshDatabase();
    test = await notaryTest(database.url);
    const notary = test.start();
    const events = history(test.pool);
    const settled = (): Promise<void> => Promise.resolve();
    const side = { verifiers: [signer], sign: (size: number) => notary.sign(size) };
    server = await testServer([historyController(events, test.pool, new AbortController().signal, settled, side)]);
    client = new UnaryClient(server.address);
    authorization = await server.issuer.bearer({ roles: ['AUDITOR'] });
  });
  afterAll(async () => {
    client.close();
    await server.close();
    await test.end();
    await database.drop();
  });
  const call = async <T>(method: Parameters<UnaryClient['call']>[0], request: object): Promise<T> =>
    (await client.call(method, request, { authorization })) as T;
  const sizes = async (request: object): Promise<number[]> => {
    const { checkpoints } = await call<{ checkpoints: string[] }>(readCheckpoints, request);
    return checkpoints.map((it) => parseCheckpoint(parseNote(it).text).size);
  };
  const read = (note: string) => {
    const parsed = parseNote(note);
    expect(signedBy(parsed, [signer])).toHaveLength(1);
    return parseCheckpoint(parsed.text);
  };
  const decoded = (path: string[]): Buffer[] => path.map((it) => Buffer.from(it, 'base64'));

  it('say that nothing was signed yet', async () => {
    expect(await sizes({})).toEqual([]);
    await expect(call(getCheckpoint, {})).rejects.toMatchObject({ slug: 'checkpoint-unknown', kind: 'not-found' });
    await expect(call(getConsistency, { from: '1' })).rejects.toMatchObject({ slug: 'checkpoint-unknown' });
    await expect(call(getProof, { position: '1' })).rejects.toMatchObject({ slug: 'position-beyond-the-end' });
  });
  it('list what is signed, page by page, and sign what is asked for', async () => {
    await test.append(2_100);
    await until(async () => (await sizes({})).length === 3);
    expect(await sizes({ limit: 2 })).toEqual([1_000, 2_000]);
    expect(await sizes({ after: '1000' })).toEqual([2_000, 2_100]);
    const { checkpoint } = await call<{ checkpoint: string }>(getCheckpoint, { size: '777' });
    expect(read(checkpoint).size).toBe(777);
    expect(await sizes({ limit: 1 })).toEqual([777]);
    expect(read((await call<{ checkpoint: string }>(getCheckpoint, {})).checkpoint).size).toBe(2_100);
    expect(await call(getKeys, {})).toEqual({ keys: [verifierText(signer)] });
  });
  it('prove an event, and that one history goes on where another ended', async () => {
    const { rows } = await test.pool.query<{ record: string }>('select record::text as record from events where position = 300');
    for (const size of ['0', '777']) {
      const proof = await call<{ size: string; path: string[]; checkpoint: string }>(getProof, { position: '300', size });
      const { root } = read(proof.checkpoint);
      expect(provesInclusion(299, Number(proof.size), leafHash(rows[0]!.record), decoded(proof.path), root)).toBe(true);
    }
    const root = async (size: string) => read((await call<{ checkpoint: string }>(getCheckpoint, { size })).checkpoint).root;
    const { path } = await call<{ path: string[] }>(getConsistency, { from: '777', to: '2000' });
    expect(provesConsistency(777, 2_000, decoded(path), await root('777'), await root('2000'))).toBe(true);
    const { hashes } = await call<{ hashes: string[] }>(getEdge, { size: '777' });
    expect(rootOf(hashes.map((it) => Buffer.from(it, 'hex')))).toEqual(await root('777'));
    expect(await call(getEdge, {})).toEqual({ size: '0', hashes: [] });
  });
  it.each([
    [getProof, { position: '2101' }, 'position-beyond-the-end', 'not-found'],
    [getProof, { position: '5', size: '6' }, 'checkpoint-unknown', 'not-found'],
    [getProof, { position: '778', size: '777' }, 'sizes-out-of-order', 'invalid'],
    [getConsistency, { from: '9', to: '8' }, 'sizes-out-of-order', 'invalid'],
    [getConsistency, { from: '9', to: '2101' }, 'position-beyond-the-end', 'not-found'],
    [getCheckpoint, { size: '2101' }, 'position-beyond-the-end', 'not-found'],
    [getEdge, { size: '2101' }, 'position-beyond-the-end', 'not-found'],
  ])('refuse %s', async (method, request, slug, kind) => {
    await expect(call(method, request)).rejects.toMatchObject({ slug, kind });
  });
});
