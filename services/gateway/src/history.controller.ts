import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { JsonObject } from '@bufbuild/protobuf';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { History, type ReadEventsResponse } from '@guanxi/contracts/guanxi/common/v1/history_pb';
import { Needs } from './door.guard.js';
import { GATEWAY, type Gateway } from './gateway.context.js';
import { historyPages } from './history.pages.js';
import { HistoryQuery } from './history.query.js';
import { traceparentOf } from './refuse.js';
import { callHeaders } from './rest.door.js';
import { askService, demandService } from './service.ask.js';

const linesOf = ({ records, positions }: ReadEventsResponse, withPosition: boolean): string =>
  records.map((record, i) => (withPosition ? `${positions[i]} ${record}\n` : `${record}\n`)).join('');

/** Writes one page. False where the client has gone, or the gateway is about to stop. */
const written = async (output: ServerResponse, text: string, stopping: AbortSignal): Promise<boolean> => {
  if (output.destroyed || stopping.aborted) return false;
  if (!output.write(text)) await Promise.race([once(output, 'drain'), once(output, 'close')]).catch(() => undefined);
  return !output.destroyed;
};

/** A service's own history, as subscribers and auditors read it. */
@Controller('v1/history/:service')
export class HistoryController {
  constructor(@Inject(GATEWAY) private readonly gateway: Gateway) {}

  @Get('events')
  @Needs(History.method.readEvents)
  async events(
    @Param('service') service: string,
    @Query() query: HistoryQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    demandService(this.gateway, service);
    const { peers, stopping } = this.gateway;
    const pages = historyPages(peers.call, service, query, callHeaders(request.headers, traceparentOf(request.headers)));
    const first = (await pages.next()).value as ReadEventsResponse;
    const { epoch, base, head } = first;
    reply.hijack();
    const output = reply.raw;
    output.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8', 'cache-control': 'no-store', epoch, base, head });
    const withPosition = query.partition !== undefined;
    let good = await written(output, linesOf(first, withPosition), stopping);
    try {
      for await (const page of pages) {
        // After a restore the positions mean something else: better broken off than mixed.
        good &&= page.epoch === epoch && (await written(output, linesOf(page, withPosition), stopping));
        if (!good) break;
      }
    } catch {
      good = false;
    }
    if (good) output.end();
    else output.destroy();
  }

  @Get('epochs')
  @Needs(History.method.listEpochs)
  async epochs(@Param('service') service: string, @Req() request: FastifyRequest): Promise<JsonObject> {
    return askService(this.gateway, service, History.method.listEpochs, {}, request);
  }
}
