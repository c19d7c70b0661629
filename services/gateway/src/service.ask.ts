import { fromBinary, fromJson, toBinary, toJson, type DescMethod, type JsonObject } from '@bufbuild/protobuf';
import type { FastifyRequest } from 'fastify';
import { printed } from '@guanxi/contracts/json';
import type { Gateway } from './gateway.context.js';
import { Refusal } from './refusal.js';
import { traceparentOf } from './refuse.js';
import { callHeaders } from './rest.door.js';

/** Refuses a service that does not run here. @throws Refusal 404 service-unknown */
export const demandService = ({ peers }: Gateway, service: string): void => {
  if (!peers.has(service)) throw new Refusal(404, 'service-unknown', 'There is no service of this name here.');
};

/**
 * Asks the named service by an rpc that every service answers; request and answer in proto3 JSON.
 * @throws Refusal 404 service-unknown, and what the service refuses
 */
export const askService = async (
  gateway: Gateway,
  service: string,
  method: DescMethod,
  request: JsonObject,
  { headers }: FastifyRequest,
  timeoutMs?: number,
): Promise<JsonObject> => {
  demandService(gateway, service);
  const bytes = toBinary(method.input, fromJson(method.input, request));
  const path = `/${method.parent.typeName}/${method.name}`;
  const { body } = await gateway.peers.call(service, path, bytes, callHeaders(headers, traceparentOf(headers)), timeoutMs);
  return printed(method.output, toJson(method.output, fromBinary(method.output, body)) as JsonObject) as JsonObject;
};
