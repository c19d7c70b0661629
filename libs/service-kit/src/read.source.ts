import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import type { AnyView } from '@guanxi/event-sourcing/view';
import { entityOf } from './entities.js';

interface Connections {
  readonly url: string;
  readonly views: readonly AnyView[];
  readonly name: string;
  readonly size: number;
  /** What node-postgres takes besides. */
  readonly extra: object;
}

const sourceOf = ({ url, views, name, size, extra }: Connections): Promise<DataSource> =>
  new DataSource({
    type: 'postgres',
    url,
    entities: views.map(entityOf),
    synchronize: false,
    logging: false,
    poolSize: size,
    applicationName: name,
    extra: { connectionTimeoutMillis: 5_000, ...extra },
  }).initialize();

/** The read side's connections: they know the views' entities and give up on a query after 2 s. */
export const readSource = (url: string, views: readonly AnyView[], connections = 10): Promise<DataSource> =>
  sourceOf({ url, views, name: 'guanxi-read', size: connections, extra: { statement_timeout: 2_000 } });

/**
 * One connection that sees no table but those of its own: where one of them is missing, or the connection is lost with all of
 * them, a query fails and never reads a live table by mistake.
 */
export const momentSource = (url: string, views: readonly AnyView[]): Promise<DataSource> =>
  sourceOf({
    ...{ url, views, name: 'guanxi-as-of', size: 1 },
    extra: {
      statement_timeout: 30_000,
      idleTimeoutMillis: 0,
      pipeline: true,
      options: '-c search_path=pg_temp -c synchronous_commit=off -c jit=off',
    },
  });

/** The pool that TypeORM keeps for it. */
export const poolOf = (source: DataSource): Pool => (source.driver as unknown as { readonly master: Pool }).master;
