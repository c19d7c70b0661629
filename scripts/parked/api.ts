import type { DiscardedEvent, ParkedKey, Redriven } from '@guanxi/contracts/guanxi/common/v1/parking';
import type { Generation } from '@guanxi/contracts/guanxi/common/v1/rebuilds';
import type { Door } from '@guanxi/importer/door';
import { Trouble } from '../trouble.ts';

/** The doors of one service's parked keys. */
export interface ParkedApi {
  /** All of them, page by page. */
  readonly list: (view?: string) => Promise<ParkedKey[]>;
  readonly show: (view: string, key: string) => Promise<{ parked: ParkedKey[]; discarded: DiscardedEvent[] }>;
  /** Without a key all of the view, without a view all of the service. */
  readonly redrive: (view?: string, key?: string) => Promise<Redriven[]>;
  readonly discard: (view: string, key: string, reason: string) => Promise<Redriven[]>;
  /** Why the view had stopped; empty where it had not. */
  readonly restart: (view: string) => Promise<string>;
  /** Generations that stand still until they are restarted. */
  readonly stopped: () => Promise<Generation[]>;
}

/** Asks the gateway. @throws Trouble with its word */
export const parkedApi = (door: Door, service: string): ParkedApi => {
  const base = `${door.url}/v1/operations/${encodeURIComponent(service)}`;
  const ask = async <T>(path: string, body?: object): Promise<T> => {
    const headers = { authorization: `Bearer ${door.token()}`, ...(body && { 'content-type': 'application/json' }) };
    const init = body ? { method: 'POST', body: JSON.stringify(body), headers } : { headers };
    const answered = await fetch(`${base}${path}`, init).catch(() => undefined);
    if (!answered) throw new Trouble(`${door.url} does not answer.`);
    const json = (await answered.json().catch(() => ({}))) as T & { detail?: string; title?: string };
    if (!answered.ok) throw new Trouble(json.detail ?? json.title ?? `${base}${path} was answered ${answered.status}.`);
    return json;
  };
  const pathOf = (view: string, key: string): string => `/parked/${encodeURIComponent(view)}/${encodeURIComponent(key)}`;
  const list: ParkedApi['list'] = async (view = '') => {
    const all: ParkedKey[] = [];
    for (let token = ''; ;) {
      const query = new URLSearchParams({ view, pageSize: '1000', pageToken: token });
      const { parked, nextPageToken } = await ask<{ parked: ParkedKey[]; nextPageToken: string }>(`/parked?${query.toString()}`);
      all.push(...parked);
      if (!nextPageToken) return all;
      token = nextPageToken;
    }
  };
  return {
    list,
    show: (view, key) => ask(pathOf(view, key)),
    redrive: async (view = '', key) => {
      const path = key === undefined ? '/parked:redrive' : `${pathOf(view, key)}:redrive`;
      return (await ask<{ redriven: Redriven[] }>(path, key === undefined ? { view } : {})).redriven;
    },
    discard: async (view, key, reason) => (await ask<{ redriven: Redriven[] }>(`${pathOf(view, key)}:discard`, { reason })).redriven,
    restart: async (view) => (await ask<{ reason: string }>(`/views/${encodeURIComponent(view)}:restart`, {})).reason,
    stopped: async () => (await ask<{ generations: Generation[] }>('/views')).generations.filter((it) => it.reason),
  };
};
