import { History, type ListEpochsResponse, type ReadEventsResponse } from '@guanxi/contracts/guanxi/common/v1/history';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import type { OwnerHistory } from '@guanxi/messaging/consumer';
import type { DescService } from '@bufbuild/protobuf';
import type { Tls } from './tls.js';
import { UnaryClient } from './unary.client.js';

/** Asks the other services, by name, for what a consumer missed. */
export interface PeerHistory extends OwnerHistory {
  close(): void;
}

const { readEvents, listEpochs } = (History as DescService).method;

/**
 * The owners' History rpcs over plain gRPC; `token` gives the `Authorization` header of this service's own calls.
 * @throws Rejection unavailable for a service that is away or not among the peers
 */
export const peerHistory = (peers: Readonly<Record<string, string>>, token: () => Promise<string>, tls?: Tls): PeerHistory => {
  const clients = new Map(Object.entries(peers).map(([name, address]) => [name, new UnaryClient(address, tls)]));
  const ask = async (source: string, method: NonNullable<typeof readEvents>, request: object): Promise<unknown> => {
    const client = clients.get(source);
    if (!client) throw new Rejection('service-unavailable', 'unavailable', 'This service does not run here.');
    return client.call(method, request, { authorization: await token() });
  };
  return {
    range: async (source, partition, after, upTo) => {
      const answer = (await ask(source, readEvents!, { after: String(after), upTo: String(upTo), partition, limit: 0 })) as ReadEventsResponse;
      return { epoch: answer.epoch, events: answer.records.map((record, n) => ({ position: Number(answer.positions[n]), record })) };
    },
    epochs: async (source) => ((await ask(source, listEpochs!, {})) as ListEpochsResponse).epochs.map(({ id, base }) => ({ id, base: Number(base) })),
    close: () => clients.forEach((client) => client.close()),
  };
};
