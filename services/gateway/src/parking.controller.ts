import { Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { DescMethod, JsonObject } from '@bufbuild/protobuf';
import type { FastifyRequest } from 'fastify';
import { Parking } from '@guanxi/contracts/guanxi/common/v1/parking_pb';
import { Needs } from './door.guard.js';
import { GATEWAY, type Gateway } from './gateway.context.js';
import { ParkedQuery } from './parking.query.js';
import { askService } from './service.ask.js';
import { requestOf } from './service.body.js';

const { listParked, getParked, redriveParked, discardParked, restartView } = Parking.method;
const verb = (name: string, last: string): string => `:${last}(.+)::${name}`;
/** A long way through the history takes its time. */
const redriveMs = 600_000;

interface Named {
  readonly service: string;
  readonly view: string;
  readonly key: string;
}

/** What an operator does about keys that a view passes over, and about views that stopped. */
@Controller('v1/operations/:service')
export class ParkingController {
  constructor(@Inject(GATEWAY) private readonly gateway: Gateway) {}

  private act(method: DescMethod, service: string, path: Readonly<Record<string, string>>, request: FastifyRequest): Promise<JsonObject> {
    return askService(this.gateway, service, method, requestOf(method, request, path), request, redriveMs);
  }

  @Get('parked')
  @Needs(listParked)
  list(@Param('service') service: string, @Query() { view, pageSize, pageToken }: ParkedQuery, @Req() request: FastifyRequest): Promise<JsonObject> {
    return askService(this.gateway, service, listParked, { view, pageSize, pageToken }, request);
  }

  @Get('parked/:view/:key')
  @Needs(getParked)
  one(@Param() { service, view, key }: Named, @Req() request: FastifyRequest): Promise<JsonObject> {
    return askService(this.gateway, service, getParked, { view, key }, request);
  }

  /** All of a service, or of the view that the body names. */
  @Post('parked::redrive')
  @HttpCode(200)
  @Needs(redriveParked)
  redriveAll(@Param('service') service: string, @Req() request: FastifyRequest): Promise<JsonObject> {
    return this.act(redriveParked, service, {}, request);
  }

  @Post(`parked/:view/${verb('redrive', 'key')}`)
  @HttpCode(200)
  @Needs(redriveParked)
  redrive(@Param() { service, view, key }: Named, @Req() request: FastifyRequest): Promise<JsonObject> {
    return this.act(redriveParked, service, { view, key }, request);
  }

  @Post(`parked/:view/${verb('discard', 'key')}`)
  @HttpCode(200)
  @Needs(discardParked)
  discard(@Param() { service, view, key }: Named, @Req() request: FastifyRequest): Promise<JsonObject> {
    return this.act(discardParked, service, { view, key }, request);
  }

  @Post('views/:view([^:/]+)::restart')
  @HttpCode(200)
  @Needs(restartView)
  restart(@Param() { service, view }: Named, @Req() request: FastifyRequest): Promise<JsonObject> {
    return this.act(restartView, service, { view }, request);
  }
}
