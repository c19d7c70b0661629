import { Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { DescMethod, JsonObject } from '@bufbuild/protobuf';
import type { FastifyRequest } from 'fastify';
import { Rebuilds } from '@guanxi/contracts/guanxi/common/v1/rebuilds_pb';
import { Needs } from './door.guard.js';
import { GATEWAY, type Gateway } from './gateway.context.js';
import { CompareQuery } from './rebuilds.query.js';
import { askService } from './service.ask.js';
import { requestOf } from './service.body.js';

const { listGenerations, beginRebuild, pauseRebuild, resumeRebuild, abortRebuild, goBack, compareGenerations } = Rebuilds.method;
const verb = (name: string): string => `:view([^:/]+)::${name}`;
/** A large table takes its time. */
const compareMs = 600_000;

interface Named {
  readonly service: string;
  readonly view: string;
}

/** What an operator does to the views of a service: fold them anew, beside the ones that are read. */
@Controller('v1/operations/:service/views')
export class RebuildsController {
  constructor(@Inject(GATEWAY) private readonly gateway: Gateway) {}

  private change(method: DescMethod, { service, view }: Named, request: FastifyRequest): Promise<JsonObject> {
    return askService(this.gateway, service, method, requestOf(method, request, { view }), request);
  }

  @Get()
  @Needs(listGenerations)
  list(@Param('service') service: string, @Req() request: FastifyRequest): Promise<JsonObject> {
    return askService(this.gateway, service, listGenerations, {}, request);
  }

  @Get(verb('compare'))
  @Needs(compareGenerations)
  compare(@Param() { service, view }: Named, @Query() { limit }: CompareQuery, @Req() request: FastifyRequest): Promise<JsonObject> {
    return askService(this.gateway, service, compareGenerations, { view, limit }, request, compareMs);
  }

  @Post(verb('rebuild'))
  @HttpCode(200)
  @Needs(beginRebuild)
  rebuild(@Param() named: Named, @Req() request: FastifyRequest): Promise<JsonObject> {
    return this.change(beginRebuild, named, request);
  }

  @Post(verb('pause'))
  @HttpCode(200)
  @Needs(pauseRebuild)
  pause(@Param() named: Named, @Req() request: FastifyRequest): Promise<JsonObject> {
    return this.change(pauseRebuild, named, request);
  }

  @Post(verb('resume'))
  @HttpCode(200)
  @Needs(resumeRebuild)
  resume(@Param() named: Named, @Req() request: FastifyRequest): Promise<JsonObject> {
    return this.change(resumeRebuild, named, request);
  }

  @Post(verb('abort'))
  @HttpCode(200)
  @Needs(abortRebuild)
  abort(@Param() named: Named, @Req() request: FastifyRequest): Promise<JsonObject> {
    return this.change(abortRebuild, named, request);
  }

  @Post(verb('back'))
  @HttpCode(200)
  @Needs(goBack)
  back(@Param() named: Named, @Req() request: FastifyRequest): Promise<JsonObject> {
    return this.change(goBack, named, request);
  }
}
