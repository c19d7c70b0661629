import type { CompareGenerationsResponse, Generation } from '@guanxi/contracts/guanxi/common/v1/rebuilds';
import type { Door } from '@guanxi/importer/door';
import { Trouble } from '../trouble.ts';

/** The doors of one service's views. */
export interface RebuildApi {
  readonly list: () => Promise<Generation[]>;
  /** @param verb `rebuild`, `pause`, `resume`, `abort`, `back` */
  readonly change: (view: string, verb: string, body?: object) => Promise<Generation[]>;
  readonly compare: (view: string) => Promise<CompareGenerationsResponse>;
}

/** What may pass: the service is being started again, or in the middle of something. */
export class Away extends Trouble {}

/** Asks the gateway. @throws Trouble with its word; Away where asking again may help */
export const rebuildApi = (door: Door, service: string): RebuildApi => {
  const base = `${door.url}/v1/operations/${encodeURIComponent(service)}/views`;
  const ask = async <T>(path: string, body?: object): Promise<T> => {
    const headers = { authorization: `Bearer ${door.token()}`, ...(body && { 'content-type': 'application/json' }) };
    const init = body ? { method: 'POST', body: JSON.stringify(body), headers } : { headers };
    const answered = await fetch(`${base}${path}`, init).catch(() => undefined);
    if (!answered) throw new Away(`${door.url} does not answer.`);
    const json = (await answered.json().catch(() => ({}))) as T & { detail?: string; title?: string };
    if (answered.ok) return json;
    const word = json.detail ?? json.title ?? `${base}${path} was answered ${answered.status}.`;
    throw answered.status === 503 ? new Away(word) : new Trouble(word);
  };
  return {
    list: async () => (await ask<{ generations: Generation[] }>('')).generations,
    change: async (view, verb, body = {}) => (await ask<{ generations: Generation[] }>(`/${encodeURIComponent(view)}:${verb}`, body)).generations,
    compare: (view) => ask(`/${encodeURIComponent(view)}:compare?limit=20`),
  };
};
