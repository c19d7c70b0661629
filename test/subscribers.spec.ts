import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newFolder, removeFolder, script, startHouse, type House } from './house.ts';
import { ownKafka, type OwnKafka } from './own-kafka.ts';

const root = join(import.meta.dirname, '..');
const examples = join(root, 'docs/examples');
const ref = (id: string) => ({ system: 'test', id });
const python = spawnSync('python3', ['--version']).status === 0;
const kcat = spawnSync('kcat', ['-V']).status === 0;

interface State {
  readonly rows: Record<string, { epoch: string; position: number }>;
  readonly types: Record<string, number>;
  readonly taken: number;
  readonly fetched: number;
}

// Everything stands on one house: on Kafka where a broker is to be had, else on the embedded bus, for those who read by HTTP.
const kafka: OwnKafka | undefined = await ownKafka();

describe('the examples of docs/subscribe.md', () => {
  let folder: string;
  let house: House;
  let env: NodeJS.ProcessEnv;
  let brokers: string;
  let made = 0;
  beforeAll(async () => {
    folder = newFolder();
    brokers = `127.0.0.1:${kafka?.port}`;
    house = await startHouse(folder, kafka ? { KAFKA_BROKERS: brokers } : {}, kafka ? ['--kafka'] : []);
    const token = script(folder, 'token', '--role', 'SUBSCRIBER').out.trim();
    env = { ...process.env, GUANXI_URL: house.url, GUANXI_TOKEN: token, KAFKA_BROKERS: brokers, PYTHONDONTWRITEBYTECODE: '1' };
    delete env.NODE_OPTIONS;
    await register(60);
  }, 240_000);
  afterAll(async () => {
    house.signal('SIGTERM');
    await house.ended;
    await kafka?.close();
    removeFolder(folder);
  }, 60_000);

  const register = async (count: number): Promise<void> => {
    const authorization = `Bearer ${script(folder, 'token').out.trim()}`;
    const lines = Array.from({ length: count }, () => ({
      ...{ command: 'guanxi.accounts.v1.RegisterAccount', idempotencyKey: `k${++made}` },
      request: { kind: 'PERSON', displayName: `王 ${made}`, externalRef: ref(String(made)) },
    }));
    const body = lines.map((it) => `${JSON.stringify(it)}\n`).join('');
    const headers = { authorization, 'content-type': 'application/x-ndjson' };
    const answers = await (await fetch(`${house.url}/v1/commands:batch`, { method: 'POST', headers, body })).text();
    expect(answers.match(/"ok":true/g)).toHaveLength(count);
  };
  const file = (name: string): string => join(folder, 'logs', name);
  const stateIn = (name: string): State | undefined => (existsSync(file(name)) ? (JSON.parse(readFileSync(file(name), 'utf8')) as State) : undefined);
  const types = () => ({ 'guanxi.accounts.v1.AccountRegistered': made });

  (python ? describe : describe.skip)('in Python', () => {
    const read = (name: string, ...more: string[]) =>
      spawnSync('python3', [join(examples, 'subscriber.py'), 'accounts', file(name), '--once', ...more], { env, encoding: 'utf8' });

    it('reads the history by HTTP, goes on where it stood, and proves what it read', async () => {
      const { status, stdout, stderr } = read('python.json');
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^position 60 stands in the signed history of \d+ events/m);
      expect(stdout).toContain(`took all up to position 60; ${JSON.stringify(types()).replace(':', ': ')}`);
      await register(5);
      expect(read('python.json').stdout).toContain('took all up to position 65;');
      expect(stateIn('python.json')).toMatchObject({ position: 65, types: types() });
    }, 60_000);
    it('notices that the history is not the one that its keys signed', () => {
      writeFileSync(file('keys.txt'), 'guanxi/accounts+9c9a2503+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4\n');
      const { status, stderr } = read('strange.json', '--kept', file('keys.txt'));
      expect([status, stderr]).toEqual([1, expect.stringContaining('is not signed by a known key')]);
    }, 60_000);
  });

  (kafka ? describe : describe.skip)('in TypeScript', () => {
    /** Runs it until it took so many records, then ends it as Ctrl-C does; what it said. */
    const hear = async (name: string, taken: number): Promise<string> => {
      const child = spawn(process.execPath, [join(examples, 'subscriber.ts'), 'accounts', file(name)], { env });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      for (const end = Date.now() + 60_000; (stateIn(name)?.taken ?? 0) < taken; await sleep(100)) {
        if (Date.now() < end && child.exitCode === null) continue;
        child.kill('SIGKILL');
        throw new Error(`it took ${stateIn(name)?.taken} of ${taken}: ${said}`);
      }
      child.kill('SIGINT');
      expect([await ended, said]).toEqual([0, expect.stringContaining(`took ${taken} `)]);
      return said;
    };

    it('hears the history from Kafka, goes on where it stood, and proves what it heard', async () => {
      expect(await hear('typescript.json', made)).toMatch(/^position \d+ stands in the signed history of \d+ events$/m);
      await register(7);
      await hear('typescript.json', made);
      expect(stateIn('typescript.json')).toMatchObject({ taken: made, fetched: 0, types: types() });
    }, 120_000);
    it('fetches what did not reach it from the history', async () => {
      const { rows, ...rest } = stateIn('typescript.json') as State;
      const back = Object.fromEntries(Object.entries(rows).map(([partition, { epoch }]) => [partition, { epoch, position: 0 }]));
      writeFileSync(file('typescript.json'), JSON.stringify({ ...rest, rows: back, types: {}, taken: 0 }));
      // Into every partition: each then shows what is missing before it.
      await register(300);
      await hear('typescript.json', made);
      expect(stateIn('typescript.json')).toMatchObject({ taken: made, types: types() });
      expect(stateIn('typescript.json')?.fetched).toBeGreaterThan(70);
    }, 120_000);

    it('follows the service into a new epoch', async () => {
      const { code, out } = script(folder, 'history', 'epoch', 'accounts', '--yes');
      expect([code, out]).toEqual([0, expect.stringContaining('The topic holds nothing that this history lacks')]);
      const epoch = /begun: (\S+),/.exec(out)?.[1];
      const base = made;
      await register(200);
      expect(await hear('typescript.json', made)).not.toContain('a restore undid');
      const { rows } = stateIn('typescript.json') as State;
      const moved = Object.values(rows).filter((it) => it.position > base);
      expect(moved.length).toBeGreaterThan(12);
      expect(moved.filter((it) => it.epoch !== epoch)).toEqual([]);
    }, 120_000);

    (kcat ? it : it.skip)('is what kcat shows, too', () => {
      const { status, stdout } = spawnSync('kcat', ['-b', brokers, '-t', 'guanxi.accounts.v1', '-C', '-e', '-q', '-f', '%h %s\n'], {
        encoding: 'utf8',
      });
      const lines = stdout.split('\n').filter(Boolean);
      expect([status, new Set(lines.map((it) => /position=(\d+)/.exec(it)?.[1])).size]).toEqual([0, made]);
      expect(lines[0]).toMatch(
        /^position=\d+,prev-position=0,epoch=[0-9a-f-]{36},content-type=application\/cloudevents\+json.* \{"specversion":"1\.0"/,
      );
    });
  });
});
