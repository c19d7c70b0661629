import type { Socket } from 'node:net';
import { Client } from 'pg';
import type { Variant } from './harness.ts';

/** Probe D: COPY TO of all events in order, as text, to a socket that throws it away: what psql does, without a second process. */
export const probeD = (url: string, events: number, pids: () => readonly number[]): Variant => ({
  name: 'D  COPY TO of the same events, as text',
  pids,
  run: async () => {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    const { stream } = client.connection as unknown as { stream: Socket };
    stream.removeAllListeners('data');
    let last = '';
    const ended = new Promise<void>((resolve) => {
      stream.on('data', (chunk: Buffer) => {
        last = (last + chunk.toString('latin1', Math.max(0, chunk.length - 40))).slice(-40);
        // CommandComplete and ReadyForQuery.
        if (last.includes(`COPY ${events}\0Z\0\0\0\x05`)) resolve();
      });
    });
    client.connection.query('copy (select position, stream_id, version, type, record from events order by position) to stdout');
    await ended;
    stream.destroy();
    return { done: events };
  },
});
