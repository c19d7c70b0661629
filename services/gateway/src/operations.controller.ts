import { readFileSync } from 'node:fs';
import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Open } from './door.guard.js';
import { GATEWAY, type Gateway } from './gateway.context.js';
import { healthOf, type Health } from './health.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

/** What operators and load balancers ask. */
@Open()
@Controller()
export class OperationsController {
  private readonly health: () => Promise<Health>;

  constructor(@Inject(GATEWAY) private readonly gateway: Gateway) {
    this.health = healthOf(gateway.peers);
  }

  @Get('health/live')
  @Header('cache-control', 'no-store')
  live(): { live: true } {
    return { live: true };
  }

  @Get('health/ready')
  @Header('cache-control', 'no-store')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    const { ready, parts } = await this.health();
    const stopping = this.gateway.stopping.aborted;
    const gateway = { name: 'gateway', ready: !stopping, lagMs: 0, reason: stopping ? 'is about to stop' : '' };
    const health = { ready: ready && !stopping, parts: [gateway, ...parts] };
    reply.code(health.ready ? 200 : 503);
    return health;
  }

  @Get('version')
  version(): { name: string; version: string; node: string; commit: string | null } {
    return { name: 'guanxi', version, node: process.version, commit: this.gateway.config.commit ?? null };
  }
}
