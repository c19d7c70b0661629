import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import type { AnyView } from '@guanxi/event-sourcing/view';
import { entityOf } from './entities.js';

/** The read side's connections: they know the views' entities and give up on a query after 2 s. */
export const readSource = (url: string, views: readonly AnyView[], connections = 10): Promise<DataSource> =>
  new DataSource({
    type: 'postgres',
    url,
    entities: views.map(entityOf),
    synchronize: false,
    logging: false,
    poolSize: connections,
    applicationName: 'guanxi-read',
    extra: { statement_timeout: 2_000, connectionTimeoutMillis: 5_000 },
  }).initialize();

/** The pool that TypeORM keeps for it. */
export const poolOf = (source: DataSource): Pool => (source.driver as unknown as { readonly master: Pool }).master;
