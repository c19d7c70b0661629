import {
  Client,
  Pool,
  types,
  type ClientConfig,
  type CustomTypesConfig,
  type QueryArrayConfig,
  type QueryConfig,
  type QueryResult,
  type QueryResultRow,
} from 'pg';
import { Rejection } from './rejection.js';

/** How connections of one part of a process behave. Times in milliseconds. */
export interface Connecting {
  /** Shown in pg_stat_activity. */
  readonly name: string;
  /** Ends a transaction, also one whose client stopped in its middle holding a lock: 5 s for writers, 30 s for workers. */
  readonly transactionTimeout?: number;
  readonly max?: number;
  readonly onError?: (error: Error) => void;
}

const int8 = 20;
/** Positions are bigint in the tables and safe integers here. */
const parsers = {
  getTypeParser: (oid: number, format: 'text') => (oid === int8 ? Number : (types.getTypeParser(oid, format) as (text: string) => unknown)),
} as CustomTypesConfig;

const config = (url: string, { name, transactionTimeout = 5_000 }: Connecting): ClientConfig => ({
  connectionString: url,
  application_name: name,
  keepAlive: true,
  connectionTimeoutMillis: 5_000,
  // All statements here go by key; a plan made while a table was empty must not scan it when it is not.
  options: `-c transaction_timeout=${transactionTimeout} -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off`,
  types: parsers,
});

/** A pool of connections; a lost one is reported and replaced, never thrown at the process. */
export const openPool = (url: string, { max = 10, onError = () => undefined, ...rest }: Connecting): Pool =>
  new Pool({ ...config(url, rest), max })
    .on('error', onError)
    // Else the error of a connection in use has no listener and ends the process.
    .on('connect', (client) => client.on('error', onError));

/** Rows of one read, as arrays. @throws Rejection unavailable where the database cannot be asked now */
export const ask = async <R extends unknown[]>(pool: Pool, query: QueryArrayConfig): Promise<R[]> => {
  try {
    return (await pool.query<R>(query)).rows;
  } catch (error) {
    throw isPassing(error) ? new Rejection('history-unavailable', 'unavailable', 'The history cannot be read now.') : error;
  }
};

/** One connection that is made at its first use, and made anew after a failure. */
export interface Line {
  /** @throws whatever pg throws; the next call connects again where the connection was lost */
  query<R extends QueryResultRow>(query: QueryConfig): Promise<QueryResult<R>>;
  /** Drops the connection, also in the middle of a query. */
  drop(): void;
  close(): Promise<void>;
}

/** Opens no connection yet. A reply that takes a second longer than a transaction may counts as a lost connection. */
export const openLine = (url: string, { transactionTimeout = 5_000, ...rest }: Connecting): Line => {
  let current: Promise<Client> | undefined;
  const connect = (): Promise<Client> => {
    const client = new Client({ ...config(url, { transactionTimeout, ...rest }), query_timeout: transactionTimeout + 1_000 });
    const made = client.connect().then(() => client);
    const forget = (): void => {
      if (current === made) current = undefined;
    };
    client.on('error', (error) => rest.onError?.(error));
    client.once('end', forget);
    made.catch(forget);
    return made;
  };
  const drop = (): void => {
    const dropped = current;
    current = undefined;
    dropped?.then((client) => client.connection.stream.destroy()).catch(() => undefined);
  };
  return {
    query: async (query) => {
      current ??= connect();
      const client = await current;
      try {
        return await client.query(query);
      } catch (error) {
        if (isLost(error)) drop();
        throw error;
      }
    },
    drop,
    close: async () => {
      const last = current;
      current = undefined;
      await last?.then((client) => client.end()).catch(() => undefined);
    },
  };
};

/** The SQLSTATE of an error that the server answered; undefined where it was the connection (`EPIPE` is no SQLSTATE). */
export const stateOf = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(?!E)[0-9A-Z]{5}$/.test(code) ? code : undefined;
};

/** Classes that say nothing of the statement: connection, transaction ended from outside, conflict, resources, operator. */
const passing = ['08', '25', '40', '53', '57'];

/** May the same statement succeed later? So after a lost connection, a restart, a full connection table; not where our own code threw. */
export const isPassing = (error: unknown): boolean => {
  const state = stateOf(error);
  if (state) return passing.includes(state.slice(0, 2));
  const { name, code } = error as { name?: unknown; code?: unknown };
  return name === 'Error' || typeof code === 'string';
};

const isLost = (error: unknown): boolean => isPassing(error) && stateOf(error) !== '40001';
