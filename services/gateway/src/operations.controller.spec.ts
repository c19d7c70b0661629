import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { openHouse, type Answer, type House } from './testing/house.js';

describe('the open doors', () => {
  let house: House;
  let answer: Answer = () => ({ ready: true, parts: [{ name: 'database', ready: true }] });
  beforeAll(async () => {
    house = await openHouse((heard, call) => answer(heard, call));
  });
  afterAll(() => house.close());
  const ask = (path: string, headers: Record<string, string> = {}) => fetch(house.url + path, { headers });
  const ready = async () => {
    const answered = await ask('/health/ready');
    return {
      status: answered.status,
      ...((await answered.json()) as { ready: boolean; parts: { name: string; ready: boolean; lagMs: number; reason: string }[] }),
    };
  };
  /** Health is believed for a moment. */
  const forget = () => sleep(300);

  it('say that the gateway lives', async () => {
    expect((await ask('/health/live')).status).toBe(200);
  });
  it('compose readiness from all parts of all services', async () => {
    const { status, ready: all, parts } = await ready();
    expect([status, all]).toEqual([200, true]);
    expect(parts.map((it) => it.name)).toEqual(['gateway', 'accounts', 'accounts/database', 'complaints', 'complaints/database']);
    await forget();
    answer = ({ service }) => ({
      ready: service === 'accounts',
      parts: [{ name: 'rate', ready: service === 'accounts', lagMs: 5_000, reason: service === 'accounts' ? '' : 'behind' }],
    });
    const behind = await ready();
    expect([behind.status, behind.ready]).toEqual([503, false]);
    expect(behind.parts).toContainEqual({ name: 'complaints/rate', ready: false, lagMs: 5_000, reason: 'behind' });
  });
  it('answer within a second though a service does not', async () => {
    await forget();
    const held = Promise.withResolvers<object>();
    answer = ({ service }) => (service === 'accounts' ? { ready: true } : held.promise);
    const began = performance.now();
    const { status, parts } = await ready();
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(status).toBe(503);
    expect(parts).toContainEqual({ name: 'complaints', ready: false, lagMs: 0, reason: 'does not answer' });
    held.resolve({});
  });
  it('ask the services once for many askers', async () => {
    await forget();
    answer = () => ({ ready: true });
    house.heard.length = 0;
    const began = performance.now();
    await Promise.all(Array.from({ length: 50 }, () => ready()));
    // One round of two services, and one more for each time that it is not believed any more.
    expect(house.heard.length).toBeLessThanOrEqual(2 * Math.ceil((performance.now() - began) / 250));
  });
  it('name version, Node and commit', async () => {
    expect(await (await ask('/version')).json()).toEqual({
      name: 'guanxi',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      node: process.version,
      commit: null,
    });
  });
  it('give the API reference and everything that it loads', async () => {
    const page = await (await ask('/docs')).text();
    const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
    expect(loaded).toContain('/docs/assets/swagger-ui-bundle.js');
    for (const path of [...loaded, '/openapi.json']) {
      expect(path).toMatch(/^\/(?!\/)/);
      expect((await ask(path)).status).toBe(200);
    }
    expect(loaded).toContain('/asyncapi.json');
    expect(await (await ask('/openapi.json')).json()).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./) });
    expect(await (await ask('/asyncapi.json')).json()).toMatchObject({ asyncapi: expect.stringMatching(/^3\./) });
    expect((await ask('/docs/assets/../../package.json')).status).toBe(404);
    expect((await ask('/docs/assets/%2e%2e/%2e%2e/package.json')).status).toBe(404);
  });
  it('show a dead service as a part, and answer its routes with 503', async () => {
    await house.end('complaints');
    await forget();
    const { status, parts } = await ready();
    expect(status).toBe(503);
    expect(parts).toContainEqual({ name: 'complaints', ready: false, lagMs: 0, reason: 'does not answer' });
    expect(parts).toContainEqual({ name: 'accounts', ready: true, lagMs: 0, reason: '' });
  });
});
