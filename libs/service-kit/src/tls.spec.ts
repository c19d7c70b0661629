import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { create, toBinary } from '@bufbuild/protobuf';
import { History, ListEpochsRequestSchema } from '@guanxi/contracts/guanxi/common/v1/history_pb';
import { historyStub } from './testing/history.js';
import { testServer, type TestServer } from './testing/server.js';
import { tlsOf, type Tls } from './tls.js';
import { UnaryClient } from './unary.client.js';
import { WireClient } from './wire.client.js';

const folder = mkdtempSync(join(tmpdir(), 'guanxi-tls-'));
const openssl = (...args: string[]): number | null => spawnSync('openssl', args, { cwd: folder }).status;
const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];

/** A folder with a certificate of a new authority for this host. */
const issue = (authority: string, host: string): string => {
  const at = join(folder, `${authority}-${host}`);
  spawnSync('mkdir', [at]);
  openssl('req', '-x509', ...curve, '-subj', `/CN=${authority}`, '-keyout', `${at}/ca.key`, '-out', `${at}/ca.crt`);
  openssl('req', ...curve, '-subj', `/CN=${host}`, '-keyout', `${at}/tls.key`, '-out', `${at}/tls.csr`);
  writeFileSync(join(at, 'san'), `subjectAltName=DNS:${host}`);
  openssl(
    'x509',
    '-req',
    '-in',
    `${at}/tls.csr`,
    '-CA',
    `${at}/ca.crt`,
    '-CAkey',
    `${at}/ca.key`,
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    `${at}/san`,
    '-out',
    `${at}/tls.crt`,
  );
  return at;
};

const works = openssl('version') === 0;
if (!works) process.stderr.write('Mutual TLS is not tested: there is no openssl here.\n');

(works ? describe : describe.skip)('mutual TLS', () => {
  let server: TestServer;
  let port: string;
  let tls: Tls;
  let authorization: string;
  const clients: { close(): void }[] = [];
  beforeAll(async () => {
    tls = tlsOf(issue('house', 'localhost'))!;
    server = await testServer([historyStub()], { tls });
    port = server.address.split(':')[1]!;
    authorization = await server.issuer.bearer();
  });
  afterAll(async () => {
    clients.forEach((it) => it.close());
    await server.close();
    rmSync(folder, { recursive: true });
  });
  const unary = (host: string, shown?: Tls) => {
    const client = new UnaryClient(`${host}:${port}`, shown);
    clients.push(client);
    return client.call(History.method.listEpochs, {}, { authorization }, 2_000);
  };
  const wire = (host: string, shown?: Tls) => {
    const client = new WireClient(`${host}:${port}`, undefined, shown);
    clients.push(client);
    const body = toBinary(ListEpochsRequestSchema, create(ListEpochsRequestSchema));
    return client.call(`/${History.typeName}/ListEpochs`, body, { authorization }, 2_000);
  };

  it('serves who shows a certificate of the same authority, on the wire and alone', async () => {
    await expect(unary('localhost', tls)).resolves.toMatchObject({ epochs: [{ id: 'e1' }] });
    await expect(wire('localhost', tls)).resolves.toMatchObject({ metadata: {} });
  });
  it.each([
    ['speaks in plain text', () => undefined, 'localhost'],
    ['shows a certificate of another authority', () => tlsOf(issue('stranger', 'localhost')), 'localhost'],
    ['shows a stranger’s but trusts the authority', () => ({ ...tlsOf(issue('other', 'localhost'))!, ca: tls.ca }), 'localhost'],
    ['expects another name', () => tls, '127.0.0.1'],
  ])('refuses who %s', async (_what, shown, host) => {
    await expect(unary(host, shown())).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(wire(host, shown())).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
