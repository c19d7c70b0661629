import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readConfig } from '@guanxi/service-kit/config';
import { ServiceConfig } from '@guanxi/service-kit/service.config';
import { GatewayConfig } from '@guanxi/gateway/gateway.config';
import { CORE_SCHEMA, load, loadAll, mergeTag } from 'js-yaml';
import { heapFlags } from '../scripts/heap.ts';
import { services } from '../scripts/up/services.ts';

const root = join(import.meta.dirname, '..');
const text = (file: string): string => readFileSync(join(root, file), 'utf8');

type Environment = Record<string, string>;
interface Compose {
  services: Record<string, { environment?: Environment; build?: { args?: { SERVICE: string } }; image?: string; depends_on?: object }>;
}
interface Resource {
  kind: string;
  metadata: { name: string };
  data?: Environment;
  spec?: { template?: { spec: { containers: { name: string; image: string; env: { name: string; value: string }[]; securityContext: object }[] } } };
}

/** As Compose fills in: `${NAME}`, `${NAME:?word}`. */
const filled = (environment: Environment, from: Environment): Environment =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replace(/\$\{(\w+)(:\?[^}]*)?\}/g, (_, it: string) => from[it] ?? '')]),
  );

const environmentOf = (file: string): Environment =>
  Object.fromEntries([...text(file).matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));

describe('deploy/Dockerfile', () => {
  const lines = text('deploy/Dockerfile').split('\n');

  it('ends as a user without rights and runs what a build leaves behind', () => {
    expect(lines.filter((it) => it.startsWith('USER')).at(-1)).toBe('USER node');
    expect(lines.filter((it) => it.startsWith('CMD')).at(-1)).toContain('dist/main.js');
  });

  it('gives Node the heap that `npm start` gives it', () => {
    const command = JSON.parse(lines.findLast((it) => it.startsWith('CMD'))?.slice(4) ?? '[]') as string[];
    expect(command).toEqual(expect.arrayContaining([...heapFlags]));
  });

  it('copies only what the repository has', () => {
    expect(lines.filter((it) => /^COPY (?!--from)/.test(it))).toEqual(['COPY . .']);
    expect(lines.filter((it) => it.startsWith('FROM')).length).toBe(4);
  });
});

describe('deploy/compose.yaml', () => {
  const compose = load(text('deploy/compose.yaml'), { schema: CORE_SCHEMA.withTags(mergeTag) }) as Compose;
  const env = environmentOf('deploy/example.env');

  it('runs every service and the gateway, each built from its own folder', () => {
    const built = Object.entries(compose.services).flatMap(([name, it]) => (it.build?.args ? [[name, it.build.args.SERVICE]] : []));
    expect(Object.fromEntries(built)).toEqual(Object.fromEntries([...services, 'gateway'].map((name) => [name, name])));
  });

  it.each(services)('gives %s an environment that it accepts', (name) => {
    const config = readConfig(ServiceConfig, filled(compose.services[name]?.environment ?? {}, env));
    expect(config).toMatchObject({ service: name, kafkaBrokers: ['kafka:9092'] });
    expect(Object.keys(config.peers)).toEqual(services);
  });

  it('gives the gateway an environment that it accepts', () => {
    expect(Object.keys(readConfig(GatewayConfig, filled(compose.services.gateway?.environment ?? {}, env)).peers)).toEqual(services);
  });

  it('makes a database for every service', () => {
    expect(text('deploy/postgres/init.sh')).toContain(`for name in ${services.join(' ')};`);
  });
});

const yamlFiles = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((it) => it.endsWith('.yaml'))
    .map((it) => join(folder, it));

describe('k8s', () => {
  it('is whole: every file is YAML, and what a kustomization names is there', () => {
    for (const file of yamlFiles('k8s')) {
      const [first] = loadAll(text(file)) as { kind?: string; resources?: string[]; patches?: { path?: string; patch?: string }[] }[];
      expect(first?.kind).toBeDefined();
      const named = [...(first?.resources ?? []), ...(first?.patches ?? []).flatMap((it) => it.path ?? [])];
      for (const it of named) expect([file, it, existsSync(join(root, dirname(file), it))]).toEqual([file, it, true]);
      for (const { patch } of first?.patches ?? []) if (patch !== undefined) expect(Array.isArray(load(patch))).toBe(true);
    }
  });

  it('has a folder for every service and the gateway', () => {
    const { resources } = load(text('k8s/base/kustomization.yaml')) as { resources: string[] };
    const folders = resources.filter((it) => statSync(join(root, 'k8s/base', it)).isDirectory());
    expect(folders).toEqual([...services, 'gateway']);
  });

  const kustomize = spawnSync('kubectl', ['kustomize', 'k8s/overlays/production'], { cwd: root, encoding: 'utf8' });
  const rendered = kustomize.status === 0 ? it : it.skip;
  if (kustomize.status !== 0)
    console.warn(`k8s is only parsed, not rendered: kubectl kustomize ${kustomize.error ? 'is not here' : kustomize.stderr}`);

  rendered('renders to deployments whose environment the services accept, locked down', () => {
    const resources = loadAll(kustomize.stdout) as Resource[];
    const shared = resources.find((it) => it.kind === 'ConfigMap' && it.metadata.name === 'guanxi')?.data ?? {};
    const secret = { GUANXI_DATABASE_URL: 'postgres://a', GUANXI_OWNER_URL: 'postgres://b' };
    const deployments = resources.filter((it) => it.kind === 'Deployment');
    expect(deployments.map((it) => it.metadata.name).sort()).toEqual([...services, 'gateway'].sort());
    for (const { metadata, spec } of deployments) {
      const [container] = spec?.template?.spec.containers ?? [];
      const own = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
      const type = metadata.name === 'gateway' ? GatewayConfig : ServiceConfig;
      expect(() => readConfig<object>(type, { ...shared, ...own, ...secret })).not.toThrow();
      expect(container?.image).toMatch(new RegExp(`^registry\\.example/guanxi/${metadata.name}:`));
      expect(container?.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
    }
  });
});
