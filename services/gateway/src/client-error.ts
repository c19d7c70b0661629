import type { Socket } from 'node:net';
import { newTraceparent } from '@guanxi/service-kit/trace';
import { problemFrom, problemHeaders } from './problem.js';
import { Refusal } from './refusal.js';
import { traceOf } from './refuse.js';

const refusals: Readonly<Record<string, () => Refusal>> = {
  HPE_HEADER_OVERFLOW: () => new Refusal(431, 'too-large', 'The headers are too large.'),
  ERR_HTTP_REQUEST_TIMEOUT: () => new Refusal(408, 'unreadable', 'The request did not arrive in time.'),
};
const other = (): Refusal => new Refusal(400, 'unreadable', 'This is not HTTP.');
const reasons: Readonly<Record<number, string>> = { 400: 'Bad Request', 408: 'Request Timeout', 431: 'Request Header Fields Too Large' };

/** Answers what Node could not read as HTTP, and hangs up. */
export const clientError = (error: { readonly code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = problemFrom((refusals[error.code ?? ''] ?? other)(), traceOf(newTraceparent()));
  const body = JSON.stringify(problem);
  const headers = { ...problemHeaders(problem), 'content-length': String(Buffer.byteLength(body)), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${reasons[problem.status]}\r\n${lines.join('')}\r\n${body}`);
};
