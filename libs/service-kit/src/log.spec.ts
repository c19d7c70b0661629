import { describe, expect, it } from '@jest/globals';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import { faultOf, logger, NestLog, type Log, type LogFields } from './log.js';

const written = (act: (log: Log) => void): Record<string, unknown>[] => {
  const lines: Record<string, unknown>[] = [];
  act(logger('accounts', 'debug', { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) }));
  return lines;
};
const canary = 'Zhang San 张三';

describe('a log line', () => {
  it('holds allow-listed fields only', () => {
    const [line] = written((log) =>
      log.info({ rpc: 'A/b', trace_id: 't', span_id: 's', displayName: canary, body: { note: canary } } as LogFields, 'a call'),
    );
    expect(line).toEqual({ level: 'info', time: expect.any(String), service: 'accounts', rpc: 'A/b', trace_id: 't', span_id: 's', msg: 'a call' });
  });
  it('tells of an error its class, slug or SQLSTATE and where it was thrown, never its words', () => {
    const database = Object.assign(new Error(`Key (name)=(${canary}) already exists`), { code: '23505', detail: canary });
    const lines = written((log) => {
      log.error(faultOf(database), 'failed');
      log.error(faultOf(new Rejection('a-slug', 'invalid', canary)), 'failed');
      log.error({ err: new Error(canary) } as LogFields, 'failed');
      log.error(new Error(canary) as unknown as LogFields, 'failed');
      log.error(faultOf(canary), 'failed');
    });
    expect(lines[0]).toMatchObject({ error: 'Error', code: '23505', frames: expect.arrayContaining([expect.stringContaining('log.spec')]) });
    expect(lines[1]).toMatchObject({ error: 'Rejection', slug: 'a-slug' });
    expect(lines[3]).toMatchObject({ error: 'Error', msg: 'failed' });
    expect(JSON.stringify(lines)).not.toContain('Zhang');
  });
  it('of Nest about an error does not repeat it', () => {
    const lines = written((log) => new NestLog(log).error(new Error(canary), canary, 'ExceptionsHandler'));
    expect(JSON.stringify(lines)).not.toContain('Zhang');
    expect(lines[0]).toMatchObject({ part: 'ExceptionsHandler' });
  });
});
