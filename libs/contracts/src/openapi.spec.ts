import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openapiText } from './documents.js';
import { routes } from './routes.js';
import { root } from './testing/compile.js';

interface Operation {
  parameters?: { $ref?: string; name?: string; required?: boolean; description?: string; schema?: object }[];
  responses: Record<string, unknown>;
  security?: unknown[];
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { required?: string[]; properties?: Record<string, { description?: string }> }> };
}

const document = JSON.parse(openapiText()) as Document;
const schema = (name: string) => document.components.schemas[name];
const property = (name: string, field: string) => schema(name)?.properties?.[field];
const operation = (path: string, verb: string) => document.paths[path]?.[verb];

/** Lints as a reader's tool would; doors without a 4xx answer are meant so. */
const redocly = (text: string): { code: number | null; said: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'guanxi-openapi-'));
  try {
    const file = join(folder, 'openapi.json');
    writeFileSync(file, text);
    const args = ['node_modules/@redocly/cli/bin/cli.js', 'lint', '--skip-rule=operation-4xx-response', file];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: root,
      env: { ...process.env, REDOCLY_TELEMETRY: 'off' },
      encoding: 'utf8',
    });
    return { code: status, said: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

describe('the OpenAPI document', () => {
  it('is valid without a warning', () => {
    const { code, said } = redocly(openapiText());
    expect(said).not.toMatch(/warning/i);
    expect(code).toBe(0);
  });

  it('is caught where it is not valid', () => {
    expect(redocly(openapiText().replace('"operationId": "RecordOrder"', '"operationId": "ReturnOrder"')).code).not.toBe(0);
  });

  it('has an operation for every route', () => {
    for (const { template, verb } of routes) expect([template, operation(template, verb.toLowerCase())]).toEqual([template, expect.anything()]);
  });

  it('describes every field and every parameter', () => {
    const fields = Object.entries(document.components.schemas).flatMap(([name, { properties = {} }]) =>
      Object.entries(properties).map(([field, it]) => [`${name}.${field}`, it.description] as const),
    );
    const parameters = Object.entries(document.paths).flatMap(([path, verbs]) =>
      Object.values(verbs).flatMap((it) =>
        (it.parameters ?? []).filter((p) => !p.$ref).map((p) => [`${path} ${p.name ?? ''}`, p.description] as const),
      ),
    );
    expect([...fields, ...parameters].filter(([, description]) => !description)).toEqual([]);
    expect(fields.length).toBeGreaterThan(300);
  });

  it('says what a command takes: types, constraints, what must be stated and what is personal', () => {
    const name = 'guanxi.accounts.v1.RecordOrder';
    expect(schema(name)?.required).toEqual(['externalRef', 'orderedAt', 'currency', 'lines']);
    expect(property(name, 'currency')).toMatchObject({ type: 'string', pattern: '^[A-Z]{3}$' });
    expect(property(name, 'accountId')).toMatchObject({ type: 'string', format: 'uuid' });
    expect(property(name, 'lines')).toMatchObject({
      type: 'array',
      minItems: 1,
      maxItems: 2000,
      items: { $ref: '#/components/schemas/guanxi.accounts.v1.OrderLine' },
    });
    expect(property(name, 'orderedAt')).toMatchObject({ type: 'string', format: 'date-time' });
    expect(property(name, 'placeOfSale')).toMatchObject({ maxLength: 100, 'x-personal': 'PERSONAL' });
    expect(property('guanxi.accounts.v1.OrderLine', 'amountMinor')).toMatchObject({ type: 'string', pattern: '^-?[0-9]{1,19}$' });
    expect(property('guanxi.accounts.v1.OrderLine', 'amountMinor')?.description).toContain('At least 0.');
    expect(property('guanxi.accounts.v1.RegisterAccount', 'kind')).toMatchObject({ enum: ['PERSON', 'ORGANISATION', 'HOUSEHOLD', 'GROUP'] });
  });

  it('lets the path fill a field that the body would need', () => {
    expect(schema('guanxi.accounts.v1.TagAccount')?.required).toEqual(['tags']);
    const id = operation('/v1/accounts/{account_id}:tag', 'post')?.parameters?.find((it) => it.name === 'account_id');
    expect(id).toMatchObject({ in: 'path', required: true, schema: { type: 'string', format: 'uuid' } });
  });

  it('says that answers print every field, absent ones as null', () => {
    const account = schema('guanxi.accounts.v1.Account');
    expect(account?.required).toEqual(Object.keys(account?.properties ?? {}));
    expect(property('guanxi.accounts.v1.Account', 'source')).toMatchObject({ type: ['string', 'null'] });
    expect(property('guanxi.accounts.v1.Account', 'region')).toMatchObject({
      anyOf: [{ $ref: '#/components/schemas/guanxi.common.v1.Region.answer' }, { type: 'null' }],
    });
  });

  it('gives commands their headers, 201 where they create, and problems', () => {
    const create = operation('/v1/accounts', 'post');
    expect(create?.parameters?.map((it) => it.$ref)).toEqual(['IdempotencyKey', 'IfMatch', 'Prefer'].map((it) => `#/components/parameters/${it}`));
    expect(Object.keys(create?.responses ?? {})).toEqual(['200', '201', '400', '401', '403', '404', '409', '412', '413', '415', '422', '429', '503']);
    expect(Object.keys(operation('/v1/orders:void', 'post')?.responses ?? {})).not.toContain('201');
  });

  it('takes filters, paging and order as parameters, none of them needed', () => {
    const parameters = operation('/v1/accounts', 'get')?.parameters ?? [];
    expect(parameters.map((it) => it.name)).toEqual(expect.arrayContaining(['externalRef', 'kind', 'pageSize', 'pageToken', 'orderBy']));
    expect(parameters.filter((it) => it.required)).toEqual([]);
  });

  it('asks for a token everywhere but at the open doors', () => {
    const open = Object.entries(document.paths).filter(([, verbs]) => Object.values(verbs).some((it) => it.security?.length === 0));
    expect(open.map(([path]) => path)).toEqual(['/health/live', '/health/ready', '/version', '/openapi.json', '/asyncapi.json', '/problems/{slug}']);
  });
});
