import { Module, ValidationPipe, type DynamicModule, type ValidationError } from '@nestjs/common';
import { APP_GUARD, APP_PIPE } from '@nestjs/core';
import { DocsController } from './docs.controller.js';
import { DoorGuard } from './door.guard.js';
import { GATEWAY, type Gateway } from './gateway.context.js';
import { HistoryController } from './history.controller.js';
import { OperationsController } from './operations.controller.js';
import { ParkingController } from './parking.controller.js';
import { ProblemsController } from './problems.controller.js';
import { ProofsController } from './proofs.controller.js';
import { RebuildsController } from './rebuilds.controller.js';
import { RepublishController } from './republish.controller.js';
import { Refusal, unreadable } from './refusal.js';
import { StreamsController } from './streams.controller.js';

const refused = (errors: ValidationError[]): Refusal => {
  const unknown = errors.find(({ constraints }) => constraints?.['whitelistValidation']);
  if (unknown) return unreadable('filter-unknown', 'There is no such query parameter here.', unknown.property.toWellFormed().slice(0, 100));
  const all = errors.flatMap(({ property, constraints = {} }) =>
    Object.entries(constraints).map(([rule, message]) => ({ field: property, rule, message })),
  );
  return new Refusal(422, 'invalid-request', 'A query parameter is not valid.', all);
};

const pipe = new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true, exceptionFactory: refused });

/** The gateway's table of contents, beside the two doors on bare Fastify: REST and batch. */
@Module({})
export class GatewayModule {
  static of(gateway: Gateway): DynamicModule {
    return {
      module: GatewayModule,
      controllers: [
        OperationsController,
        ProblemsController,
        DocsController,
        HistoryController,
        ProofsController,
        StreamsController,
        RebuildsController,
        ParkingController,
        RepublishController,
      ],
      providers: [
        { provide: GATEWAY, useValue: gateway },
        { provide: APP_GUARD, useClass: DoorGuard },
        { provide: APP_PIPE, useValue: pipe },
      ],
      exports: [GATEWAY],
    };
  }
}
