import { Server, type CustomTransportStrategy } from '@nestjs/microservices';

/** What a service tells others and hears of them, at work. */
export interface Transport {
  /** Ends what is under way, then the connections. */
  stop(): Promise<void>;
}

/**
 * The bus as a Nest transport: it starts, fails and stops with the application. It calls no handler of a pattern: what is heard is
 * stored first, and views and policies read it from there.
 */
export class BusStrategy<T extends Transport> extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('GUANXI_BUS');
  private opened: T | undefined;

  constructor(private readonly open: () => Promise<T>) {
    super();
  }

  /** What is at work. @throws Error before the application listens */
  get transport(): T {
    if (!this.opened) throw new Error('the bus is not started');
    return this.opened;
  }

  override listen(callback: (error?: unknown) => void): void {
    this.open().then(
      (it) => {
        this.opened = it;
        callback();
      },
      (error: unknown) => callback(error),
    );
  }

  override async close(): Promise<void> {
    await this.opened?.stop();
  }

  override on(): void {
    // It has no events of its own; how it is stands in the service's health.
  }

  override unwrap<U>(): U {
    return this.transport as unknown as U;
  }
}
