import type { Pool } from 'pg';

/** One part of a service's readiness. `reason` holds no personal data. */
export interface Part {
  readonly name: string;
  readonly ready: boolean;
  readonly lagMs: number;
  readonly reason: string;
}

/** Tells the parts that it knows about. */
export type Source = () => readonly Part[] | Promise<readonly Part[]>;

/** A service's own clock may be this far from PostgreSQL's; tokens and deadlines go wrong beyond. */
const mostSkewMs = 2_000;
/** A probe that takes longer counts as failed. */
const patienceMs = 2_000;

const late = (): Promise<never> => new Promise((_, reject) => setTimeout(() => reject(new Error('late')), patienceMs).unref());

/** Is the database there, and does its clock agree with ours? */
export const databaseHealth =
  (pool: Pool): Source =>
  async () => {
    const asked = Date.now();
    try {
      const text = 'select 1000 * extract(epoch from clock_timestamp())::float8 as now';
      const { rows } = await Promise.race([pool.query<{ now: number }>({ name: 'clock', text }), late()]);
      const answered = Date.now();
      const now = rows[0]?.now ?? 0;
      // The database read its clock at some moment between our two looks.
      const skew = Math.round(Math.max(asked - now, now - answered, 0));
      const agrees = skew <= mostSkewMs;
      return [
        { name: 'database', ready: true, lagMs: answered - asked, reason: '' },
        { name: 'clock', ready: agrees, lagMs: skew, reason: agrees ? '' : `${skew} ms away from the database's` },
      ];
    } catch {
      return [{ name: 'database', ready: false, lagMs: Date.now() - asked, reason: 'does not answer' }];
    }
  };

/** All parts together; a source that throws is a part that is not ready. */
export const healthOf =
  (sources: Readonly<Record<string, Source>>): (() => Promise<{ ready: boolean; parts: Part[] }>) =>
  async () => {
    const parts = await Promise.all(
      Object.entries(sources).map(async ([name, source]) => {
        try {
          return await source();
        } catch {
          return [{ name, ready: false, lagMs: 0, reason: 'cannot be asked' }];
        }
      }),
    );
    const all = parts.flat();
    return { ready: all.every((it) => it.ready), parts: all };
  };
