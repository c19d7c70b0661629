import { Controller, Get, Header, Inject, Param, Query, Req } from '@nestjs/common';
import type { JsonObject } from '@bufbuild/protobuf';
import type { FastifyRequest } from 'fastify';
import { History } from '@guanxi/contracts/guanxi/common/v1/history_pb';
import { Needs } from './door.guard.js';
import { GATEWAY, type Gateway } from './gateway.context.js';
import { CheckpointsQuery, ConsistencyQuery, EdgeQuery, ProofQuery } from './proofs.query.js';
import { unreadable } from './refusal.js';
import { askService } from './service.ask.js';

const { readCheckpoints, getCheckpoint, getKeys, getProof, getConsistency, getEdge } = History.method;
const text = 'text/plain; charset=utf-8';

/** Signed notes, each with an empty line behind it. */
const notesText = (notes: readonly string[]): string => notes.map((it) => `${it}\n`).join('');

/** What an auditor asks of a service's own history: checkpoints, keys and proofs. */
@Controller('v1/history/:service')
export class ProofsController {
  constructor(@Inject(GATEWAY) private readonly gateway: Gateway) {}

  @Get('checkpoints')
  @Needs(readCheckpoints)
  @Header('content-type', text)
  async checkpoints(@Param('service') service: string, @Query() query: CheckpointsQuery, @Req() request: FastifyRequest): Promise<string> {
    const { checkpoints } = await askService(this.gateway, service, readCheckpoints, { after: String(query.after), limit: query.limit }, request);
    return notesText(checkpoints as string[]);
  }

  @Get('checkpoints/:size')
  @Needs(getCheckpoint)
  @Header('content-type', text)
  async checkpoint(@Param('service') service: string, @Param('size') size: string, @Req() request: FastifyRequest): Promise<string> {
    if (size !== 'latest' && !/^[1-9]\d{0,14}$/.test(size))
      throw unreadable('size-unreadable', 'A checkpoint is named by its size, or `latest`.', 'size');
    const { checkpoint } = await askService(this.gateway, service, getCheckpoint, { size: size === 'latest' ? '0' : size }, request);
    return checkpoint as string;
  }

  @Get('keys')
  @Needs(getKeys)
  @Header('content-type', text)
  async keys(@Param('service') service: string, @Req() request: FastifyRequest): Promise<string> {
    const { keys } = await askService(this.gateway, service, getKeys, {}, request);
    return (keys as string[]).map((it) => `${it}\n`).join('');
  }

  @Get('proof')
  @Needs(getProof)
  async proof(@Param('service') service: string, @Query() { position, size }: ProofQuery, @Req() request: FastifyRequest): Promise<JsonObject> {
    return askService(this.gateway, service, getProof, { position: String(position), size: String(size) }, request);
  }

  @Get('consistency')
  @Needs(getConsistency)
  async consistency(@Param('service') service: string, @Query() { from, to }: ConsistencyQuery, @Req() request: FastifyRequest): Promise<JsonObject> {
    return askService(this.gateway, service, getConsistency, { from: String(from), to: String(to) }, request);
  }

  @Get('edge')
  @Needs(getEdge)
  async edge(@Param('service') service: string, @Query() { size }: EdgeQuery, @Req() request: FastifyRequest): Promise<JsonObject> {
    return askService(this.gateway, service, getEdge, { size: String(size) }, request);
  }
}
