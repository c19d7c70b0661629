import { describe, expect, it } from '@jest/globals';
import { Rejection, type RejectionKind } from '@guanxi/event-sourcing/rejection';
import { logger } from '@guanxi/service-kit/log';
import { GivenUp, patient } from './batch.retry.js';
import type { Call } from './peers.js';
import { Refusal } from './refusal.js';

const answered = { body: new Uint8Array(), metadata: {} };
const refusal = (kind: RejectionKind) => new Rejection('too-much-at-once', kind, 'Later.');
const log = logger('test', 'silent');

const scripted = (...steps: (Error | typeof answered)[]) => {
  let calls = 0;
  const call: Call = () => {
    const step = steps[Math.min(calls++, steps.length - 1)]!;
    return step instanceof Error ? Promise.reject(step) : Promise.resolve(step);
  };
  return { call, calls: () => calls };
};
const ask = (call: Call) => call('accounts', '/x', new Uint8Array(), {});

describe('a batch line', () => {
  it.each(['exhausted', 'unavailable'] as const)('is tried again while its service is %s', async (kind) => {
    const { call, calls } = scripted(refusal(kind), refusal(kind), answered);
    await expect(ask(patient(call, () => false, log))).resolves.toBe(answered);
    expect(calls()).toBe(3);
  });
  it.each(['invalid', 'conflict', 'forbidden', 'unauthenticated', 'stale', 'not-found'] as const)(
    'is answered at once when it is %s',
    async (kind) => {
      const { call, calls } = scripted(refusal(kind), answered);
      await expect(ask(patient(call, () => false, log))).rejects.toMatchObject({ kind });
      expect(calls()).toBe(1);
    },
  );
  it('is answered at once where its service does not run', async () => {
    const { call, calls } = scripted(new Refusal(503, 'service-unavailable', 'Not here.'), answered);
    await expect(ask(patient(call, () => false, log))).rejects.toMatchObject({ status: 503 });
    expect(calls()).toBe(1);
  });
  it('is given up where it would have to wait for nobody', async () => {
    const { call, calls } = scripted(refusal('exhausted'), answered);
    await expect(ask(patient(call, () => true, log))).rejects.toBeInstanceOf(GivenUp);
    expect(calls()).toBe(1);
    await expect(ask(patient(scripted(refusal('conflict')).call, () => true, log))).rejects.toMatchObject({ kind: 'conflict' });
    await expect(ask(patient(scripted(answered).call, () => true, log))).resolves.toBe(answered);
  });
  it('fails where its service is out of reach for a minute, and not when it is only busy', async () => {
    let now = 0;
    const clock = () => (now += 20_000);
    const away = scripted(refusal('unavailable'));
    await expect(ask(patient(away.call, () => false, log, clock))).rejects.toMatchObject({ kind: 'unavailable' });
    const busy = scripted(...Array.from({ length: 5 }, () => refusal('exhausted')), answered);
    await expect(ask(patient(busy.call, () => false, log, clock))).resolves.toBe(answered);
    const back = scripted(refusal('unavailable'), answered, refusal('unavailable'), answered);
    const call = patient(back.call, () => false, log, clock);
    await ask(call);
    now += 3_600_000;
    await expect(ask(call)).resolves.toBe(answered);
  });
});
