import { Controller, Get, Header, Inject, Param, Query, Req } from '@nestjs/common';
import type { JsonObject } from '@bufbuild/protobuf';
import type { FastifyRequest } from 'fastify';
import { IsInt, Max, Min } from 'class-validator';
import { titlesText } from '@guanxi/contracts/documents';
import { HistoryEntries } from '@guanxi/contracts/guanxi/common/v1/history_entries_pb';
import type { Titles } from '@guanxi/contracts/titles';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { Needs } from './door.guard.js';
import { GATEWAY, type Gateway } from './gateway.context.js';
import { WholeNumber } from './history.query.js';
import { askService } from './service.ask.js';

const { readStream } = HistoryEntries.method;
const titles = JSON.parse(titlesText()) as Titles;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What may stand behind `/v1/history/{service}/streams/{stream_id}?`. */
export class StreamQuery {
  /** The version before the first one wanted. */
  @WholeNumber()
  @IsInt()
  @Min(0)
  @Max(2_147_483_647)
  after: number = 0;

  /** How many at most. */
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit: number = 1_000;
}

/** One stream of a service, as people read it. */
@Controller('v1/history/:service')
export class StreamsController {
  constructor(@Inject(GATEWAY) private readonly gateway: Gateway) {}

  @Get('streams/:stream_id')
  @Needs(readStream)
  @Header('cache-control', 'no-store')
  async stream(
    @Param('service') service: string,
    @Param('stream_id') streamId: string,
    @Query() { after, limit }: StreamQuery,
    @Req() request: FastifyRequest,
  ): Promise<JsonObject> {
    if (!uuid.test(streamId)) throw new Rejection('stream-not-found', 'not-found', 'A stream is named by its id, a UUID.');
    const answer = await askService(this.gateway, service, readStream, { streamId, after, limit }, request);
    const entries = (answer['entries'] as { readonly type: string }[]).map((it) => ({ ...it, title: titles[it.type] ?? it.type }));
    return { ...answer, entries };
  }
}
