import { fromBinary, toBinary, create } from '@bufbuild/protobuf';
import { GetHealthRequestSchema, HealthSchema, Operations } from '@guanxi/contracts/guanxi/common/v1/operations_pb';
import type { Peers } from './peers.js';

/** A view, a relay, a database of a service, or a whole service that does not answer. */
export interface Part {
  readonly name: string;
  readonly ready: boolean;
  readonly lagMs: number;
  readonly reason: string;
}

export interface Health {
  readonly ready: boolean;
  readonly parts: readonly Part[];
}

/** The page answers within a second, so a service has less. */
const answerMs = 800;
/** Everybody may ask, so what was just heard is good enough. */
const believedMs = 250;

const rpc = `/${Operations.typeName}/${Operations.method.getHealth.name}`;
const question = toBinary(GetHealthRequestSchema, create(GetHealthRequestSchema));

const partsOf = async (peers: Peers, service: string): Promise<Part[]> => {
  try {
    const { ready, parts } = fromBinary(HealthSchema, (await peers.call(service, rpc, question, {}, answerMs)).body);
    const whole: Part = { name: service, ready, lagMs: 0, reason: ready ? '' : 'a part is not ready' };
    return [whole, ...parts.map((part) => ({ name: `${service}/${part.name}`, ready: part.ready, lagMs: part.lagMs, reason: part.reason }))];
  } catch {
    return [{ name: service, ready: false, lagMs: 0, reason: 'does not answer' }];
  }
};

/** Asks every service at once; one that does not answer is a part that is not ready. Many askers share one round of questions. */
export const healthOf = (peers: Peers, now: () => number = performance.now.bind(performance)): (() => Promise<Health>) => {
  let asked = -Infinity;
  let last: Promise<Health> | undefined;
  const ask = async (): Promise<Health> => {
    const parts = (await Promise.all(peers.names.map((service) => partsOf(peers, service)))).flat();
    return { ready: parts.every(({ ready }) => ready), parts };
  };
  return () => {
    if (!last || now() - asked > believedMs) {
      asked = now();
      last = ask();
    }
    return last;
  };
};
