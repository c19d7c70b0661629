import { Client } from 'pg';

/** A connection of one worker's own, which pipelines; made again when it is lost. */
export interface Dedicated {
  get(): Promise<Client>;
  end(): Promise<void>;
}

// A plan made while a table was empty must not scan it when it is not.
const options = '-c enable_seqscan=off -c jit=off';

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
