import { Metadata } from '@grpc/grpc-js';
import { Catch, type ArgumentsHost, type RpcExceptionFilter } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import type { CallMetadata } from './caller.js';
import { Failure, toStatus } from './errors.js';
import { faultOf, type Log } from './log.js';
import { traceparentOf } from './rpc.watch.js';
import { newTraceparent, traceFields } from './trace.js';

/** What grpc-js wants of an error; `status` is google.rpc.Status once more, for the wire. */
export interface Refusal {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
  readonly status: Uint8Array;
}

/** Nest's own words for a guard that said no. */
const forbidden = new Rejection('forbidden', 'forbidden', 'Nobody may do this.');

/** Every error of every rpc: a Rejection says what it says; anything else is logged and leaves as INTERNAL with nothing but its trace id. */
@Catch()
export class ErrorFilter implements RpcExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> {
    const status = toStatus(error instanceof Rejection ? error : error instanceof RpcException ? forbidden : this.failure(error, host));
    const metadata = new Metadata();
    metadata.set('grpc-status-details-bin', Buffer.from(status.details));
    const refusal: Refusal = { code: status.code, details: status.message, metadata, status: status.details };
    return throwError(() => refusal);
  }

  private failure(error: unknown, host: ArgumentsHost): Failure {
    const metadata = host.switchToRpc().getContext<CallMetadata>();
    const fields = traceFields(traceparentOf(metadata) ?? newTraceparent());
    this.log.error({ ...fields, ...faultOf(error) }, 'a call failed');
    return new Failure(fields.trace_id);
  }
}
