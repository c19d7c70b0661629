import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DescMethod } from '@bufbuild/protobuf';
import { SpanStatusCode } from '@opentelemetry/api';
import { Client } from 'pg';
import { History } from '@guanxi/contracts/guanxi/common/v1/history_pb';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres.js';
import { logger } from './log.js';
import { ServiceConfig } from './service.config.js';
import { startService, type RunningService } from './start.js';
import { parseExposition, type Family, type Sample } from './testing/exposition.js';
import { asking, gate, historyStub } from './testing/history.js';
import { testIssuer } from './testing/issuer.js';
import { NoteCommands, NoteQueries } from './testing/notes.contract.js';
import { noteQueries, notes } from './testing/notes.js';
import { freePort, testServer } from './testing/server.js';
import { keepSpans, textOf } from './testing/spans.js';
import { traceIdOf } from './trace.js';
import { UnaryClient } from './unary.client.js';

const write = NoteCommands.method['writeNote'] as DescMethod;
const amend = NoteCommands.method['amendNote'] as DescMethod;
const get = NoteQueries.method['getNote'] as DescMethod;
const canary = '张三 13800138000 zhang.san@example.com';
const newTrace = (flags = '01'): string => `00-${randomUUID().replaceAll('-', '')}-00f067aa0ba902b7-${flags}`;

describe('a service that is watched', () => {
  const spans = keepSpans();
  let database: FreshDatabase;
  let service: RunningService;
  let client: UnaryClient;
  let authorization = '';
  let operations = '';
  const call = (method: DescMethod, request: object, headers: Record<string, string> = {}) =>
    client.call(method, request, { authorization, ...headers }).catch((error: unknown) => error);
  const scrape = async (): Promise<ReadonlyMap<string, Family>> => parseExposition(await (await fetch(`${operations}/metrics`)).text());
  const samplesOf = async (name: string, suffix = ''): Promise<readonly Sample[]> =>
    (await scrape()).get(name)?.samples.filter((it) => it.name === name + suffix) ?? [];

  beforeAll(async () => {
    const issuer = await testIssuer();
    database = await freshDatabase();
    operations = `http://127.0.0.1:${await freePort()}`;
    const config = Object.assign(new ServiceConfig(), issuer.options, {
      ...{ service: 'notes', databaseUrl: database.url, ownerUrl: database.url, busUrl: database.url, namespace: randomUUID() },
      ...{ grpc: `127.0.0.1:${await freePort()}`, operations: new URL(operations).host },
    });
    service = await startService(config, notes, [noteQueries], logger('notes', 'silent'));
    client = new UnaryClient(config.grpc);
    authorization = await issuer.bearer({ roles: ['SALESPERSON'], sub: 'op-17' });
  });
  afterAll(async () => {
    client.close();
    await service.stop();
    await database.drop();
  });

  it('tells in one trace of the call, the command, its append, its sending and the views that folded it', async () => {
    const traceparent = newTrace();
    const noteId = randomUUID();
    await call(write, { noteId, text: canary }, { traceparent });
    const of = () => spans.of(traceIdOf(traceparent) ?? '');
    for (const end = Date.now() + 5_000; Date.now() < end && of().length < 5;) await new Promise((resolve) => setTimeout(resolve, 20));
    const byId = new Map(of().map((it) => [it.spanContext().spanId, it.name]));
    const tree = of().map((it) => [it.name, byId.get(it.parentSpanContext?.spanId ?? '') ?? it.parentSpanContext?.spanId]);
    expect(tree.sort()).toEqual([
      ['WriteNote', 'guanxi.notes.v1.NoteCommands/WriteNote'],
      ['append', 'WriteNote'],
      ['fold NoteWritten', 'WriteNote'],
      ['guanxi.notes.v1.NoteCommands/WriteNote', '00f067aa0ba902b7'],
      ['send guanxi.notes.v1', 'WriteNote'],
    ]);
  });

  it('stores the command’s span with its events, for whoever hears of them later', async () => {
    const traceparent = newTrace();
    const noteId = randomUUID();
    await call(write, { noteId, text: 'x' }, { traceparent });
    const owner = new Client(database.url);
    await owner.connect();
    const { rows } = await owner.query<{ it: string }>(`select record->>'traceparent' as it from events where stream_id = $1`, [noteId]);
    await owner.end();
    const command = spans.of(traceIdOf(traceparent) ?? '').find((it) => it.name === 'WriteNote');
    expect(rows).toEqual([{ it: `00-${traceIdOf(traceparent)}-${command?.spanContext().spanId}-01` }]);
  });

  it('says of a refusal its slug, of a fault its class, and of neither a word', async () => {
    const [refused, invalid] = [newTrace(), newTrace()];
    await call(amend, { noteId: randomUUID(), text: canary }, { traceparent: refused });
    await call(write, { noteId: randomUUID(), text: canary.repeat(10) }, { traceparent: invalid });
    const [command] = spans.of(traceIdOf(refused) ?? '').filter((it) => it.name === 'AmendNote');
    expect(command?.attributes).toMatchObject({ 'guanxi.outcome': 'not-found', 'guanxi.slug': 'note-not-found' });
    expect(spans.of(traceIdOf(invalid) ?? '').map((it) => it.attributes['guanxi.slug'])).toEqual(['invalid-request']);
    expect(spans.of(traceIdOf(refused) ?? '').map((it) => it.status.code)).toEqual([0, 0]);
  });

  it('keeps no span of a trace that is not sampled, and hands its id on all the same', async () => {
    const traceparent = newTrace('00');
    const noteId = randomUUID();
    await call(write, { noteId, text: 'x' }, { traceparent });
    await call(get, { noteId }, { traceparent });
    expect(spans.of(traceIdOf(traceparent) ?? '')).toEqual([]);
  });

  it('lets no personal data into a span, nor ids of customers', async () => {
    const traceparent = newTrace();
    const noteId = randomUUID();
    await call(write, { noteId, text: canary }, { traceparent, 'idempotency-key': `order of ${canary.slice(3)}` });
    await call(get, { noteId }, { traceparent });
    await call(amend, { noteId, text: canary }, { traceparent, 'if-match': '"7"' });
    await call(write, { noteId, text: canary.repeat(10) }, { traceparent });
    const kept = spans.of(traceIdOf(traceparent) ?? '');
    expect(kept.length).toBeGreaterThan(6);
    for (const word of ['张三', '13800138000', 'zhang.san', noteId, 'op-17']) expect(kept.map(textOf).filter((it) => it.includes(word))).toEqual([]);
  });

  it('writes trace and span of a fault into its log line, and the trace into the answer', async () => {
    const lines: string[] = [];
    const log = logger('test', 'info', { write: (line) => void lines.push(line) });
    const server = await testServer([historyStub([], gate())], { log });
    const other = new UnaryClient(server.address);
    const traceparent = newTrace();
    const headers = { authorization: await server.issuer.bearer(), traceparent };
    const failure = await other.call(History.method.readEvents, { after: asking.fail }, headers).catch((error: unknown) => error);
    other.close();
    await server.close();
    const [span] = spans.of(traceIdOf(traceparent) ?? '');
    expect(span).toMatchObject({ name: 'guanxi.common.v1.History/ReadEvents', status: { code: SpanStatusCode.ERROR } });
    const { traceId, spanId } = span!.spanContext();
    expect(lines.map((it) => JSON.parse(it) as object)).toEqual([
      expect.objectContaining({ trace_id: traceId, span_id: spanId, msg: 'a call failed' }),
    ]);
    expect(failure).toMatchObject({ name: 'Failure', traceId });
  });

  it('counts each command by name and outcome, exactly', async () => {
    const outcomes = async (): Promise<Record<string, number>> =>
      Object.fromEntries(
        (await samplesOf('guanxi_command_duration_seconds', '_count')).map((it) => [`${it.labels['command']} ${it.labels['outcome']}`, it.value]),
      );
    const before = await outcomes();
    const keys = Array.from({ length: 7 }, () => ({ noteId: randomUUID(), key: randomUUID() }));
    for (const { noteId, key } of keys) await call(write, { noteId, text: 'x' }, { 'idempotency-key': key });
    for (const { noteId, key } of keys.slice(0, 3)) await call(write, { noteId, text: 'x' }, { 'idempotency-key': key });
    for (const { noteId } of keys.slice(0, 2)) await call(amend, { noteId, text: 'y' }, { 'if-match': '"9"' });
    await call(amend, { noteId: randomUUID(), text: 'y' });
    const after = await outcomes();
    const moved = Object.fromEntries(
      Object.entries(after).flatMap(([name, n]) => (n === (before[name] ?? 0) ? [] : [[name, n - (before[name] ?? 0)]])),
    );
    expect(moved).toEqual({ 'WriteNote done': 7, 'WriteNote replayed': 3, 'AmendNote stale': 2, 'AmendNote not-found': 1 });
  });

  it('shows what an operator asks for at 3 in the morning, in the format of Prometheus', async () => {
    const { headers } = await fetch(`${operations}/metrics`);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const families = await scrape();
    for (const { samples } of families.values()) for (const { labels } of samples) expect(labels['service_name']).toBe('notes');
    const value = (name: string, labels: Record<string, string> = {}): number | undefined =>
      families.get(name)?.samples.find((it) => Object.entries(labels).every(([label, text]) => it.labels[label] === text))?.value;
    expect(value('guanxi_view_stopped', { view: 'note' })).toBe(0);
    expect(value('guanxi_view_ready', { view: 'note' })).toBe(1);
    expect(value('guanxi_view_behind_entries', { view: 'note', state: 'live' })).toBe(0);
    expect(value('guanxi_view_lag_seconds', { view: 'note' })).toBeLessThan(2);
    expect(value('guanxi_relay_lag_seconds')).toBeLessThan(2);
    expect(value('guanxi_timers_due')).toBe(0);
    expect(value('guanxi_database_connections', { pool: 'write', state: 'idle' })).toBeGreaterThan(0);
    expect(value('guanxi_database_connections_waiting', { pool: 'read' })).toBe(0);
    expect(value('nodejs_eventloop_delay_seconds', { quantile: '0.99' })).toBeLessThan(1);
    expect(value('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e7);
    const groups = families.get('guanxi_append_group_commands')?.samples.find((it) => it.name.endsWith('_count'))?.value;
    expect(families.get('guanxi_append_duration_seconds')?.samples.find((it) => it.name.endsWith('_count'))?.value).toBe(groups);
  });

  it('answers probes without a token, and nothing else', async () => {
    expect(await (await fetch(`${operations}/health/live`)).json()).toEqual({ live: true });
    const ready = await fetch(`${operations}/health/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([
      200,
      { ready: true, parts: expect.arrayContaining([expect.objectContaining({ name: 'view note' })]) },
    ]);
    for (const path of ['/', '/metrics/x', '/__proto__']) expect((await fetch(operations + path)).status).toBe(404);
    expect((await fetch(`${operations}/metrics`, { method: 'POST' })).status).toBe(404);
  });
});
