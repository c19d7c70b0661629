import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { load } from 'js-yaml';
import { parseExposition, type Family } from '@guanxi/service-kit/testing/exposition';
import { services } from '../scripts/up/services.ts';
import { newFolder, removeFolder, script, startHouse, type House } from './house.ts';
import { startCollector, type Collector, type SentSpan } from './otlp.ts';

const name = '王小明';
const phone = '13800138000';
const text = (file: string): string => readFileSync(join(import.meta.dirname, '..', file), 'utf8');

/** Metrics that a PromQL expression reads, without the suffixes of histograms. */
const metricsOf = (expression: string): string[] => {
  const bare = expression.replaceAll(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"|\bby \([^)]*\)/g, ' ');
  const names = [...bare.matchAll(/\b[a-z][a-z0-9_]*_[a-z0-9_]+\b(?!\s*\()/g)].map(([it]) => it);
  return names.map((it) => it.replace(/_(bucket|count|sum)$/, ''));
};

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}
interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}

describe('a house that is watched', () => {
  let folder: string;
  let collector: Collector;
  let house: House;
  let authorization = '';
  let account = '';
  beforeAll(async () => {
    folder = newFolder();
    collector = await startCollector();
    house = await startHouse(folder, collector.environment);
    authorization = `Bearer ${script(folder, 'token').out.trim()}`;
  }, 150_000);
  afterAll(async () => {
    house.signal('SIGTERM');
    expect(await house.ended).toBe(0);
    collector.close();
    removeFolder(folder);
  }, 60_000);
  const post = (path: string, body: object): Promise<Response> =>
    fetch(house.url + path, { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const traceOf = (root: string): readonly SentSpan[] => {
    const { traceId } = collector.spans.find((it) => it.name === root) ?? {};
    return collector.spans.filter((it) => it.traceId === traceId);
  };
  const untilThere = async (root: string, wanted: readonly string[]): Promise<readonly SentSpan[]> => {
    const has = (): boolean => wanted.every((it) => traceOf(root).some(({ service, name: span }) => `${service} ${span}` === it));
    for (const end = Date.now() + 15_000; Date.now() < end && !has();) await sleep(50);
    return traceOf(root);
  };

  it('shows one request as one trace, from the gateway over the bus to the views of other services and what their policies do', async () => {
    const answered = await post('/v1/accounts', { kind: 'PERSON', displayName: name, externalRef: { system: 'test', id: phone } });
    expect(answered.status).toBe(201);
    account = ((await answered.json()) as { id: string }).id;
    const root = 'POST /v1/accounts';
    const spans = await untilThere(root, ['interactions fold AccountRegistered', 'privacy fold SubjectOpened', 'privacy fold AccountRegistered']);
    const byId = new Map(spans.map((it) => [it.spanId, it]));
    const named = ({ service, name: span }: SentSpan): string => `${service} ${span}`;
    const parents = new Map(spans.map((it) => [named(it), byId.has(it.parentSpanId ?? '') ? named(byId.get(it.parentSpanId ?? '')!) : undefined]));
    expect(Object.fromEntries(parents)).toMatchObject({
      'gateway POST /v1/accounts': undefined,
      'accounts guanxi.accounts.v1.AccountCommands/RegisterAccount': 'gateway POST /v1/accounts',
      'accounts RegisterAccount': 'accounts guanxi.accounts.v1.AccountCommands/RegisterAccount',
      'accounts append': 'accounts RegisterAccount',
      'accounts fold AccountRegistered': 'accounts RegisterAccount',
      'accounts send guanxi.accounts.v1': 'accounts RegisterAccount',
      'interactions process guanxi.accounts.v1': 'accounts send guanxi.accounts.v1',
      'interactions fold AccountRegistered': 'accounts RegisterAccount',
      'privacy process guanxi.accounts.v1': 'accounts send guanxi.accounts.v1',
      'privacy fold AccountRegistered': 'accounts RegisterAccount',
      'privacy OpenSubject': 'accounts RegisterAccount',
      'privacy append': 'privacy OpenSubject',
      'privacy fold SubjectOpened': 'privacy OpenSubject',
    });
    expect(spans.filter((it) => it.parentSpanId === undefined || !byId.has(it.parentSpanId)).map(named)).toEqual(['gateway POST /v1/accounts']);
    for (const { startTimeUnixNano: from, endTimeUnixNano: to } of spans) expect(BigInt(to)).toBeGreaterThanOrEqual(BigInt(from));
  });

  it('names the trace in a problem', async () => {
    const answered = await post('/v1/accounts', { kind: 'PERSON', displayName: name, externalRef: { system: 'test', id: phone } });
    const { traceId, status } = (await answered.json()) as { traceId: string; status: number };
    expect(status).toBe(409);
    const there = (): boolean => collector.spans.some((it) => it.traceId === traceId && it.name === 'RegisterAccount');
    for (const end = Date.now() + 5_000; Date.now() < end && !there();) await sleep(50);
    expect(there()).toBe(true);
  });

  it('tells the collector nothing about a person', () => {
    expect(collector.spans.length).toBeGreaterThan(15);
    for (const word of [name, phone, authorization.slice(7), 'developer', account]) expect(collector.text()).not.toContain(word);
  });

  describe('/metrics', () => {
    const found = new Map<string, Family>();
    beforeAll(async () => {
      await fetch(`${house.url}/v1/customers/${account}`, { headers: { authorization } });
      for (const { name: process, operations } of house.run.processes) {
        const families = parseExposition(await (await fetch(`http://${operations}/metrics`)).text());
        for (const family of families.values()) {
          found.set(family.name, family);
          expect(family.samples.filter((it) => it.labels['service_name'] !== process)).toEqual([]);
        }
      }
    });

    it('is answered by every service and the gateway, each on its own port, as are its probes', async () => {
      const ports = house.run.processes.map((it) => it.operations);
      expect(house.run.processes.map((it) => it.name)).toEqual([...services, 'gateway']);
      expect(new Set(ports).size).toBe(services.length + 1);
      for (const it of ports) expect((await fetch(`http://${it}/health/ready`)).status).toBe(200);
      expect(script(folder, 'status').out).toContain(ports[0]);
    });

    it('holds what docs/operations.md speaks of, and nothing else', () => {
      const table = text('docs/operations.md').split('## Metrics')[1]?.split('At 3 a.m.')[0] ?? '';
      const documented = table.split('\n').flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([a-z_]+)`/g)].map(([, it]) => it));
      expect(documented.sort()).toEqual([...found.keys()].sort());
    });

    it.each([
      [
        'the dashboard',
        () => (JSON.parse(text('deploy/dashboards/guanxi.json')) as Dashboard).panels.flatMap((it) => it.targets.map(({ expr }) => expr)),
      ],
      ['an alert', () => (load(text('deploy/alerts.yaml')) as Rules).groups.flatMap(({ rules }) => rules.map(({ expr }) => expr))],
    ] as const)('holds every metric that %s asks for', (_, expressions) => {
      const asked = expressions().flatMap(metricsOf);
      expect(asked.length).toBeGreaterThan(10);
      expect(asked.filter((it) => !found.has(it))).toEqual([]);
    });
  });

  it('has a collector’s configuration whose pipelines name what it has', () => {
    const config = load(text('deploy/otel-collector.yaml')) as Record<'receivers' | 'processors' | 'exporters', object> & {
      service: { pipelines: Record<string, Record<'receivers' | 'processors' | 'exporters', string[]>> };
    };
    for (const pipeline of Object.values(config.service.pipelines))
      for (const part of ['receivers', 'processors', 'exporters'] as const)
        for (const it of pipeline[part]) expect(Object.keys(config[part])).toContain(it);
  });
});
