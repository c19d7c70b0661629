import { Controller, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { JsonObject } from '@bufbuild/protobuf';
import type { FastifyRequest } from 'fastify';
import { Republishing } from '@guanxi/contracts/guanxi/common/v1/republish_pb';
import { Needs } from './door.guard.js';
import { GATEWAY, type Gateway } from './gateway.context.js';
import { askService } from './service.ask.js';
import { requestOf } from './service.body.js';

const { republish, getRepublish, stopRepublish } = Republishing.method;

/** Where a topic has lost what a service sent, its history is sent once more. */
@Controller('v1/history/:service')
export class RepublishController {
  constructor(@Inject(GATEWAY) private readonly gateway: Gateway) {}

  @Post('republish')
  @HttpCode(200)
  @Needs(republish)
  begin(@Param('service') service: string, @Req() request: FastifyRequest): Promise<JsonObject> {
    return askService(this.gateway, service, republish, requestOf(republish, request, {}), request);
  }

  @Get('republish')
  @Needs(getRepublish)
  get(@Param('service') service: string, @Req() request: FastifyRequest): Promise<JsonObject> {
    return askService(this.gateway, service, getRepublish, {}, request);
  }

  @Post('republish::stop')
  @HttpCode(200)
  @Needs(stopRepublish)
  stop(@Param('service') service: string, @Req() request: FastifyRequest): Promise<JsonObject> {
    return askService(this.gateway, service, stopRepublish, requestOf(stopRepublish, request, {}), request);
  }
}
