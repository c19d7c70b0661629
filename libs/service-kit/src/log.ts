import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream } from 'pino';
import { Rejection } from '@guanxi/event-sourcing/rejection';

/**
 * The only fields that reach a log line. What is not here (bodies, tokens, names, SQL values) can't get in by accident: a new
 * field is a decision made in this file.
 */
const allowed = [
  'attempt',
  'code',
  'command',
  'count',
  'durationMs',
  'error',
  'frames',
  'lagMs',
  'method',
  'part',
  'policy',
  'port',
  'position',
  'reason',
  'rpc',
  'signal',
  'slug',
  'source',
  'span_id',
  'status',
  'topic',
  'trace_id',
  'version',
  'view',
] as const;

/** What may vary in a line. */
export type LogFields = { readonly [name in (typeof allowed)[number]]?: string | number | boolean | readonly string[] | undefined };

type Write = (fields: LogFields, message: string) => void;

/** Writes JSON lines. Messages are constant text; what varies goes into a field. */
export interface Log {
  readonly error: Write;
  readonly warn: Write;
  readonly info: Write;
  readonly debug: Write;
}

const names: ReadonlySet<string> = new Set(allowed);

const allowedOnly = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries('err' in fields ? faultOf(fields['err']) : fields).filter(([name]) => names.has(name)));

/** What of an error may be written: its class, its slug or SQLSTATE, and where it was thrown; never its message, which may quote data. */
export const faultOf = (error: unknown): { error: string; slug?: string; code?: string; frames?: string[] } => {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = (error as { code?: unknown }).code;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    error: error.constructor.name,
    ...(error instanceof Rejection ? { slug: error.slug } : {}),
    ...(typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}),
    frames: frames.slice(0, 10).map((line) => line.trim().slice(3)),
  };
};

/** A log that writes allow-listed fields only, whatever it is given. */
export const logger = (service: string, level: string, destination: DestinationStream = pino.destination({ sync: true })): Log => {
  const formatters = { level: (label: string) => ({ level: label }), log: allowedOnly };
  const to = pino({ level, base: { service }, timestamp: pino.stdTimeFunctions.isoTime, formatters, serializers: { err: faultOf } }, destination);
  const write =
    (name: 'error' | 'warn' | 'info' | 'debug'): Write =>
    (fields, message) =>
      to[name](fields, message);
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
};

/** Nest's own lines. Its errors may hold anything, so only their context is written. */
export class NestLog implements LoggerService {
  constructor(private readonly to: Log) {}

  log(message: unknown, context?: string): void {
    this.to.debug({ part: context }, typeof message === 'string' ? message : 'nest');
  }

  warn(message: unknown, context?: string): void {
    this.to.warn({ part: context }, typeof message === 'string' ? message : 'nest');
  }

  error(message: unknown, ...more: unknown[]): void {
    this.to.error(
      { part: typeof more.at(-1) === 'string' ? (more.at(-1) as string) : '', ...(message instanceof Error ? faultOf(message) : {}) },
      'nest reports an error',
    );
  }
}
