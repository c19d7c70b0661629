import { setTimeout as pause } from 'node:timers/promises';
import type { Republication } from '@guanxi/contracts/guanxi/common/v1/republish';
import type { Door } from '@guanxi/importer/door';
import { Trouble } from '../trouble.ts';

const patienceMs = 60_000;

/** The service is being started again, or the gateway is. */
class Away extends Trouble {}

/** Asks a service's door of republishing. @throws Trouble with the gateway's word */
export const ask = async (door: Door, service: string, path: string, body?: object): Promise<Republication> => {
  const address = `${door.url}/v1/history/${encodeURIComponent(service)}/${path}`;
  const headers = { authorization: `Bearer ${door.token()}`, ...(body && { 'content-type': 'application/json' }) };
  const answered = await fetch(address, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers }).catch(() => undefined);
  if (!answered) throw new Away(`${door.url} does not answer.`);
  const json = (await answered.json().catch(() => ({}))) as Republication & { detail?: string };
  if (answered.ok) return json;
  const word = json.detail ?? answered.statusText;
  throw answered.status === 503 ? new Away(word) : new Trouble(word);
};

/** The newest one, also while the service is being started again. */
export const patient = async (door: Door, service: string): Promise<Republication> => {
  for (const end = Date.now() + patienceMs; ; await pause(500))
    try {
      return await ask(door, service, 'republish');
    } catch (error) {
      if (!(error instanceof Away) || Date.now() > end) throw error;
    }
};
