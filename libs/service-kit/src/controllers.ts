import 'reflect-metadata';
import { Metadata } from '@grpc/grpc-js';
import { Controller, Inject, type Type } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { DescMethod, DescService } from '@bufbuild/protobuf';
import type { Of } from '@guanxi/contracts/of';
import type { AnyDecider } from '@guanxi/event-sourcing/decider';
import type { Caller } from '@guanxi/event-sourcing/executor';
import { admissionOf, serves } from './access.guard.js';
import { asOfIn, saysAsOf } from './as-of.metadata.js';
import { callerOf, type CallMetadata } from './caller.js';
import { KIT, type Kit, type Reading } from './kit.js';
import { readRequest, writeAnswer } from './rpc.js';
import { watchRpc } from './rpc.watch.js';

/** The part of a gRPC call that handlers use; a call of the wire has it too. */
export interface CallHandle {
  sendMetadata(metadata: Metadata): void;
}

/** A generated controller and the service it answers. */
export interface RpcController {
  readonly service: DescService;
  readonly controller: Type<unknown>;
}

type Handle = (
  kit: Kit,
  method: DescMethod,
  request: Record<string, unknown>,
  caller: Caller,
  call: CallHandle,
  metadata: CallMetadata,
) => Promise<unknown>;

/** One class a service, one function a method: what somebody would write by hand with @GrpcMethod, a hundred times. */
export const controllerOf = (service: DescService, handle: Handle): RpcController => {
  const name = `${service.name}Controller`;
  const controller = { [name]: class {} }[name] as Type<unknown>;
  const prototype = controller.prototype as Record<string, unknown>;
  for (const method of service.methods) {
    const value = async function (this: { kit: Kit }, bytes: Uint8Array, metadata: CallMetadata, call: CallHandle): Promise<Uint8Array> {
      const { principal, role } = admissionOf(metadata);
      return watchRpc(method, metadata, this.kit.durations, async (traceparent) => {
        const request = readRequest(method.input, bytes);
        const answer = await handle(this.kit, method, request, callerOf(principal, role, metadata, traceparent), call, metadata);
        return writeAnswer(method.output, answer);
      });
    };
    // The name shows in logs and spans.
    Object.defineProperty(value, 'name', { value: method.localName });
    const descriptor = { value, writable: true, configurable: true, enumerable: false };
    Object.defineProperty(prototype, method.localName, descriptor);
    GrpcMethod(service.typeName, method.name)(prototype, method.localName, descriptor);
    serves(value, method);
  }
  Inject(KIT)(prototype, 'kit');
  Controller()(controller);
  return { service, controller };
};

const replayed = (): Metadata => {
  const metadata = new Metadata();
  metadata.set('idempotent-replayed', 'true');
  return metadata;
};

/** The rpcs of an aggregate's commands: each one goes to the executor and answers `Committed`. */
export const commandsOf = (decider: AnyDecider): RpcController =>
  controllerOf(decider.commands, async (kit, method, request, caller, call) => {
    const { id, version, position, warnings, replayed: again } = await kit.execute(decider, method.localName, request, caller);
    if (again) call.sendMetadata(replayed());
    return { id, version, position, warnings };
  });

/** A query: the request in plain JSON, what to read with, who asks → the answer in plain JSON. */
export type Query<Q> = (request: Q, reading: Reading, caller: Caller) => Promise<object>;

/**
 * The rpcs of queries: one handler a method; a missing one is a compile error. A call whose metadata names a moment (`as-of`,
 * `as-of-position`) is answered by the same handler, which then reads the views as they were; the answer's metadata says it.
 * @param whose the one customer whose rows an answer is made of, where that is so: then only their streams are folded
 */
export const queriesOf = <Q>(
  service: Of<Q, DescService>,
  handlers: { readonly [M in keyof Q]: Query<Q[M]> },
  whose?: (request: Q[keyof Q]) => string,
): RpcController =>
  controllerOf(service, (kit, method, plain, caller, call, metadata) => {
    const handler = handlers[method.localName as keyof Q];
    const request = plain as Q[keyof Q];
    const asOf = asOfIn(metadata);
    if (asOf === undefined) return handler(request, kit, caller);
    return kit.readAsOf({ asOf, rpc: `${service.typeName}.${method.name}`, customer: whose?.(request) }, async (reading, moment) => {
      const answer = await handler(request, reading, caller);
      call.sendMetadata(saysAsOf(moment));
      return answer;
    });
  });
