import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Pool } from 'pg';
import { History } from '@guanxi/contracts/guanxi/common/v1/history_pb';
import { history } from '@guanxi/event-sourcing/history';
import { applySchema } from '@guanxi/event-sourcing/schema.apply';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { historyController } from './history.controller.js';
import { peerHistory, type PeerHistory } from './owner.history.js';
import { testServer, type TestServer } from './testing/server.js';
import { UnaryClient } from './unary.client.js';

const insert = `insert into events (position, stream_id, version, type, key, partition, recorded_at, record)
  select n, gen_random_uuid(), 1, 'x', gen_random_uuid(), n % 2, now(), json_build_object('n', n, 'text', repeat('一', $2)) from generate_series($1::int, $1 + $3 - 1) n`;

describe('the History rpcs', () => {
  let database: FreshDatabase;
  let pool: Pool;
  let server: TestServer;
  let client: UnaryClient;
  let peers: PeerHistory;
  let authorization: string;
  const stopping = new AbortController();
  const settledAt: number[] = [];
  const settled = async (position: number): Promise<void> => void settledAt.push(position);
  beforeAll(async () => {
    database = await freshDatabase();
    pool = new Pool({ connectionString: database.url });
    await applySchema(pool);
    await pool.query(`insert into epochs values ('0193', 0), ('0194', 7)`);
    await pool.query(insert, [1, 1, 1500]);
    server = await testServer([historyController(history(pool), pool, stopping.signal, settled)]);
    client = new UnaryClient(server.address);
    authorization = await server.issuer.bearer();
    peers = peerHistory({ owner: server.address }, () => Promise.resolve(authorization));
  });
  afterAll(async () => {
    client.close();
    peers.close();
    await server.close();
    await pool.end();
    await database.drop();
  });
  const read = (request: object) =>
    client.call(History.method.readEvents, request, { authorization }) as Promise<{ records: string[]; positions: string[] }>;
  const numbers = (from: number, to: number, step = 1): string[] => Array.from({ length: (to - from) / step + 1 }, (_, n) => String(from + n * step));

  it('give 1,000 events at most, from after a position up to another, of one partition if asked', async () => {
    await expect(read({})).resolves.toMatchObject({ positions: numbers(1, 1000), epoch: '0194', base: '7', head: '1500' });
    expect((await read({ after: '1400' })).positions).toEqual(numbers(1401, 1500));
    expect((await read({ after: '10', limit: 5 })).positions).toEqual(numbers(11, 15));
    expect((await read({ after: '10', upTo: '20', partition: 0 })).positions).toEqual(numbers(12, 20, 2));
    expect((await read({ after: '10', partition: 1, limit: 3 })).positions).toEqual(['11', '13', '15']);
    expect((await read({ after: '9000' })).positions).toEqual([]);
  });
  it('wait, where asked to, until the views hold the last event given, or the head where there is none', async () => {
    await read({ after: '10', limit: 5 });
    expect(settledAt).toEqual([]);
    await read({ after: '10', limit: 5, settled: true });
    await read({ after: '9000', settled: true });
    expect(settledAt).toEqual([15, 1500]);
  });
  it('give exact texts', async () => {
    const { rows } = await pool.query<{ record: string }>('select record::text as record from events where position = 3');
    expect((await read({ after: '2', limit: 1 })).records).toEqual([rows[0]?.record]);
  });
  it('end an answer at 2 MiB, but give one event whatever its size', async () => {
    await pool.query(insert, [2001, 250_000, 4]);
    expect((await read({ after: '2000' })).positions).toEqual(['2001', '2002']);
    await pool.query(insert, [3001, 750_000, 1]);
    expect((await read({ after: '3000' })).positions).toEqual(['3001']);
  });
  it('wait for the first event no longer than asked, nor than the service runs', async () => {
    const began = performance.now();
    expect((await read({ after: '9000', waitSeconds: 1 })).positions).toEqual([]);
    expect(performance.now() - began).toBeGreaterThan(900);
    const waiting = read({ after: '9000', waitSeconds: 9 });
    setTimeout(() => stopping.abort(), 50);
    expect((await waiting).positions).toEqual([]);
    expect(performance.now() - began).toBeLessThan(5000);
  });
  it('heal another service: a range of a partition, and the epochs', async () => {
    const { epoch, events } = await peers.range('owner', 1, 10, 14);
    expect([epoch, events.map((it) => it.position)]).toEqual(['0194', [11, 13]]);
    await expect(peers.epochs('owner')).resolves.toEqual([
      { id: '0193', base: 0 },
      { id: '0194', base: 7 },
    ]);
    await expect(peers.epochs('stranger')).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
