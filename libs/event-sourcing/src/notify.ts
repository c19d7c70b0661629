import { Client, type Pool } from 'pg';

/** Channels of a service's database: its history grew; it heard something; a view moved. */
export type Channel = 'guanxi_head' | 'guanxi_received' | 'guanxi_bus' | (string & {});

/**
 * Tells other processes that there is something new: one NOTIFY, on a connection of its own, for all calls since the last one left.
 * A lost one is harmless, since whoever listens also looks by itself now and then.
 */
export const notifier = (pool: Pool, channel: Channel): (() => void) => {
  let flying = false;
  let again = false;
  const send = async (): Promise<void> => {
    flying = true;
    do {
      again = false;
      await pool.query(`notify ${channel}`).catch(() => undefined);
    } while (again);
    flying = false;
  };
  return () => {
    again = true;
    if (!flying) void send();
  };
};

/** A connection that listens, and comes back by itself. */
export interface Listener {
  close(): Promise<void>;
}

const reconnectMs = 500;

/**
 * Listens to channels of one database; `heard(channel, payload)` is also called with every channel, without payload, after each
 * (re)connection, since anything may have been missed.
 */
export const listen = (url: string, channels: readonly Channel[], heard: (channel: Channel, payload?: string) => void): Listener => {
  let closed = false;
  let client: Client | undefined;
  let timer: NodeJS.Timeout | undefined;

  const connect = async (): Promise<void> => {
    const it = new Client({ connectionString: url, keepAlive: true });
    client = it;
    // 'end' follows every loss, also one that comes while connecting.
    it.on('error', () => undefined);
    it.on('notification', ({ channel, payload }) => heard(channel, payload || undefined));
    it.once('end', () => {
      if (!closed) timer = setTimeout(() => void connect(), reconnectMs);
    });
    try {
      await it.connect();
      for (const channel of channels) await it.query(`listen ${channel}`);
      channels.forEach((channel) => heard(channel));
    } catch {
      await it.end().catch(() => undefined);
    }
  };
  const first = connect();
  return {
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await first;
      await client?.end().catch(() => undefined);
    },
  };
};
