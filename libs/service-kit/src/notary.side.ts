import { readFileSync } from 'node:fs';
import { History, type GetConsistencyResponse, type GetKeysResponse } from '@guanxi/contracts/guanxi/common/v1/history';
import { parseVerifier, type VerifierKey } from '@guanxi/event-sourcing/note';
import { startNotary, type Notary } from '@guanxi/event-sourcing/notary';
import { readNotaryKeys } from '@guanxi/event-sourcing/notary.keys';
import { openPool } from '@guanxi/event-sourcing/pool';
import type { EventBus } from '@guanxi/messaging/bus';
import { comparePublished } from '@guanxi/messaging/checkpoints.compare';
import { startCheckpointPublisher } from '@guanxi/messaging/checkpoints.topic';
import { startWitness, type WitnessedOwner } from '@guanxi/messaging/witness';
import type { DescService } from '@bufbuild/protobuf';
import type { Closing } from './closing.js';
import type { Part } from './health.js';
import { faultOf, type Log } from './log.js';
import type { ServiceConfig } from './service.config.js';
import { tlsOf } from './tls.js';
import { UnaryClient } from './unary.client.js';

/** What a service's notary signs, and what its witness keeps of the others. */
export interface NotarySide {
  /** Public keys that signed and sign; none where nothing is signed. */
  readonly verifiers: readonly VerifierKey[];
  /** The signed checkpoint of a size. @returns undefined where there is none and none can be signed now */
  sign(size: number): Promise<string | undefined>;
  health(): Part[];
}

const { getKeys, getConsistency } = (History as DescService).method;
const keysKeptMs = 600_000;

/** Asks the others by their History rpcs; their keys are kept for a while. */
const ownerOf = ({ peers, tlsFolder }: ServiceConfig, token: () => Promise<string>): WitnessedOwner & { close(): void } => {
  const clients = new Map(Object.entries(peers).map(([name, address]) => [name, new UnaryClient(address, tlsOf(tlsFolder))]));
  const known = new Map<string, { keys: readonly VerifierKey[]; until: number }>();
  const ask = async (client: UnaryClient, method: NonNullable<typeof getKeys>, request: object): Promise<unknown> =>
    client.call(method, request, { authorization: await token() });
  return {
    keys: async (service) => {
      const client = clients.get(service);
      const kept = known.get(service);
      if (!client || (kept && kept.until > Date.now())) return kept?.keys;
      const keys = ((await ask(client, getKeys!, {})) as GetKeysResponse).keys.map(parseVerifier);
      known.set(service, { keys, until: Date.now() + keysKeptMs });
      return keys;
    },
    consistency: async (service, from, to) => {
      const answer = await ask(clients.get(service)!, getConsistency!, { from: String(from), to: String(to) });
      return (answer as GetConsistencyResponse).path.map((it) => Buffer.from(it, 'base64'));
    },
    close: () => clients.forEach((it) => it.close()),
  };
};

const unsigned = (): Pick<Notary, 'health' | 'sign'> => ({
  health: () => ({ name: 'notary', ready: true, lagMs: 0, reason: 'signs nothing: it has no keys (GUANXI_NOTARY_KEYS)' }),
  sign: () => Promise.resolve(undefined),
});

/**
 * Starts witness and, where there are keys, notary. What they cannot do makes nobody unready.
 * @throws Error where the key file cannot be read
 */
export const startNotarySide = (config: ServiceConfig, bus: EventBus, token: () => Promise<string>, parts: Closing, log: Log): NotarySide => {
  const { service, namespace, databaseUrl, notaryKeys } = config;
  const onError = (error: unknown): void => log.warn(faultOf(error), 'notary or witness had an error');
  const pool = parts.add(openPool(databaseUrl, { name: 'guanxi-notary', transactionTimeout: 30_000, max: 4, onError }), (it) => it.end());
  const owner = parts.add(ownerOf(config, token), (it) => it.close());
  const onFault = (origin: string, size: number, reason: string): void =>
    log.error({ source: origin, position: size, reason }, 'a checkpoint of another service contradicts what was heard before');
  const witness = parts.add(startWitness({ pool, bus, service, namespace, owner, onError, onFault }), (it) => it.stop());
  if (notaryKeys === undefined) {
    log.warn({}, 'no notary: GUANXI_NOTARY_KEYS is not set');
    const { health, sign } = unsigned();
    return { verifiers: [], sign, health: () => [health(), witness.health()] };
  }
  const { signers, verifiers } = readNotaryKeys(readFileSync(notaryKeys, 'utf8'), service);
  const publisher = parts.add(startCheckpointPublisher(pool, bus, onError), (it) => it.stop());
  const compare = comparePublished(bus, namespace, service, verifiers);
  const onRefusal = (reason: string): void => log.error({ reason }, 'the notary signs nothing; everything else goes on');
  const onSigned = (): void => publisher.wake();
  const notary = parts.add(startNotary({ pool, namespace, service, signers, compare, onError, onRefusal, onSigned }), (it) => it.stop());
  return { verifiers, sign: (size) => notary.sign(size), health: () => [notary.health(), publisher.health(), witness.health()] };
};
