import { Client, type ClientBase } from 'pg';

/** A connection of one worker's own, which pipelines; made again when it is lost. */
export interface Dedicated {
  get(): Promise<Client>;
  end(): Promise<void>;
}

// A plan made while a table was empty must not scan it when it is not.
const options = '-c enable_seqscan=off -c jit=off -c plan_cache_mode=force_generic_plan';

/** Connects at the first use, and again after a loss. @param application its name in `pg_stat_activity` */
export const dedicated = (url: string, application: string): Dedicated => {
  let client: Client | undefined;
  return {
    get: async () => {
      if (client) return client;
      const it = new Client({ connectionString: url, pipeline: true, application_name: application, keepAlive: true, options });
      // Without a listener a lost connection ends the process.
      it.on('error', () => undefined);
      it.once('end', () => {
        if (client === it) client = undefined;
      });
      await it.connect();
      return (client = it);
    },
    end: async () => {
      await client?.end().catch(() => undefined);
    },
  };
};

/** Sends all queries that `ask` begins in one packet: each write of its own costs more than most statements. */
export const packed = <T>(client: ClientBase, ask: () => T): T => {
  const { stream } = (client as Client).connection;
  stream.cork();
  try {
    return ask();
  } finally {
    stream.uncork();
  }
};
