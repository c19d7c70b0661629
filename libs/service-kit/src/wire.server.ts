import type { Server } from '@grpc/grpc-js';
import { ServerGrpc, type GrpcOptions } from '@nestjs/microservices';
import { wireDefinition } from './wire.js';
import { WireSession, type RpcHandler } from './wire.session.js';

/** Time for calls in flight when the service stops; what takes longer is cut. */
const stopMs = 10_000;

const within = (ms: number, work: Promise<unknown>): Promise<unknown> => {
  const timer = Promise.withResolvers<void>();
  const handle = setTimeout(timer.resolve, ms);
  return Promise.race([work, timer.promise]).finally(() => clearTimeout(handle));
};

/**
 * Nest's gRPC server, which also takes its calls many at a time on one stream. A call on the stream goes to the very handler
 * of the unary rpc, so that guards and filters run for it.
 */
export class WireServer extends ServerGrpc {
  private server: Server | undefined;
  private readonly sessions = new Set<WireSession>();
  private byPath: ReadonlyMap<string, RpcHandler> | undefined;

  constructor(options: GrpcOptions['options']) {
    super({
      ...options,
      onLoadPackageDefinition: (definition: object, server: Server) => {
        options.onLoadPackageDefinition?.(definition, server);
        this.server = server;
        server.addService(wireDefinition, { calls: (stream: ConstructorParameters<typeof WireSession>[0]) => this.accept(stream) });
      },
    });
  }

  private accept(stream: ConstructorParameters<typeof WireSession>[0]): void {
    this.byPath ??= handlersByPath(this.getHandlers());
    const session = new WireSession(stream, this.byPath);
    this.sessions.add(session);
    stream.on('close', () => this.sessions.delete(session));
    stream.on('cancelled', () => this.sessions.delete(session));
  }

  /** Ends every connection at once. */
  cut(): void {
    this.server?.forceShutdown();
  }

  /** Takes no new connection, finishes the calls in flight, then closes; at most 10 s. */
  override async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => (this.server ? this.server.tryShutdown(() => resolve()) : resolve()));
    await within(stopMs, Promise.all([closed, ...[...this.sessions].map((session) => session.drain())]));
    await super.close();
  }
}

/** Nest's patterns of unary handlers → gRPC paths. */
export const handlersByPath = (handlers: ReadonlyMap<string, unknown>): ReadonlyMap<string, RpcHandler> =>
  new Map(
    [...handlers].flatMap(([pattern, handler]) => {
      const { service, rpc, streaming } = JSON.parse(pattern) as { service: string; rpc: string; streaming: string };
      return streaming === 'no_stream' ? [[`/${service}/${rpc}`, handler as RpcHandler] as const] : [];
    }),
  );
