import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { line, openBatch, type Answered } from './testing/batch.client.js';
import { bearer, committed, openHouse, type Answer, type House } from './testing/house.js';

const register = (n: number) => line('accounts.v1.RegisterAccount', `r-${n}`, { kind: 'PERSON', displayName: `Customer ${n}` });

describe('a gateway that is stopped', () => {
  let house: House;
  let answer: Answer;
  let authorization: string;
  let held: PromiseWithResolvers<object>;
  beforeEach(async () => {
    held = Promise.withResolvers();
    answer = () => held.promise;
    house = await openHouse((heard, call) => answer(heard, call));
    authorization = await bearer(house);
  });
  afterEach(async () => {
    held.resolve(committed);
    await house.close();
  });
  const until = async (holds: () => boolean) => {
    while (!holds()) await sleep(5);
  };
  const post = () =>
    fetch(`${house.url}/v1/accounts`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'PERSON', displayName: 'x' }),
    });

  it('finishes the request in flight and takes no new connection', async () => {
    const inFlight = post();
    await until(() => house.heard.length === 1);
    const closed = house.gateway.stop();
    await sleep(20);
    const { hostname, port } = new URL(house.url);
    await expect(
      new Promise((resolve, reject) => connect(Number(port), hostname, () => resolve(undefined)).on('error', reject)),
    ).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    held.resolve(committed);
    expect((await inFlight).status).toBe(201);
    const began = performance.now();
    await closed;
    expect(performance.now() - began).toBeLessThan(5_000);
  });
  it('does not wait for idle connections', async () => {
    const agent = new Agent({ keepAlive: true });
    await new Promise((resolve) => httpRequest(`${house.url}/health/live`, { agent }, (it) => it.resume().on('end', resolve)).end());
    const began = performance.now();
    await house.gateway.stop();
    expect(performance.now() - began).toBeLessThan(2_000);
    agent.destroy();
  });
  it('answers the batch lines in flight, begins no other, and breaks off', async () => {
    const { request, response, answers } = openBatch(house.url, authorization);
    request.on('error', () => undefined);
    request.write(`${register(1)}\n${register(2)}\n`);
    await response;
    await until(() => house.heard.length === 2);
    const closed = house.gateway.stop();
    request.write(`${register(3)}\n`);
    await sleep(20);
    held.resolve(committed);
    const heard: Answered[] = [];
    await expect(
      (async () => {
        for await (const it of answers) heard.push(it);
      })(),
    ).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(heard.map((it) => it.line)).toEqual([1, 2]);
    expect(house.heard).toHaveLength(2);
    await closed;
  });
  it('does not wait for a service that stops at the same time', async () => {
    const { request, response, answers } = openBatch(house.url, authorization);
    request.on('error', () => undefined);
    request.end(`${register(1)}\n`);
    await response;
    await until(() => house.heard.length === 1);
    answer = () => {
      throw new Rejection('stopping', 'unavailable', 'Later.');
    };
    held.reject(new Rejection('stopping', 'unavailable', 'Later.'));
    await until(() => house.heard.length > 2);
    const began = performance.now();
    await Promise.all([house.gateway.stop(), expect(answers.next()).rejects.toMatchObject({ code: 'ECONNRESET' })]);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
