import { Inject, Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { DescMethod } from '@bufbuild/protobuf';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import type { AccessPolicy } from '@guanxi/contracts/services';
import { policyOf, roleFor } from '@guanxi/service-kit/access';
import { GATEWAY, type Gateway } from './gateway.context.js';

const POLICY = 'guanxi:policy';

/** Needs no token. */
export const Open = (): MethodDecorator & ClassDecorator => SetMetadata(POLICY, { open: true, internal: false, roles: [] } satisfies AccessPolicy);

/** Open to whom the rpc behind it is open. */
export const Needs = (method: DescMethod): MethodDecorator => SetMetadata(POLICY, policyOf(method));

/** Stands before every controller of the gateway; one without a policy serves nobody. */
@Injectable()
export class DoorGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(GATEWAY) private readonly gateway: Gateway,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = this.reflector.getAllAndOverride<AccessPolicy | undefined>(POLICY, [context.getHandler(), context.getClass()]);
    if (!policy) throw new Rejection('forbidden', 'forbidden', 'Nobody may do this.');
    if (policy.open) return true;
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    roleFor(await this.gateway.verify(headers.authorization), policy);
    return true;
  }
}
