import { describe, expect, it } from '@jest/globals';
import { Rejection, type RejectionKind } from '@guanxi/event-sourcing/rejection';
import { Failure, fromStatus, httpStatus, problemOf, statusOf, toStatus } from './errors.js';

const kinds = Object.keys(statusOf) as RejectionKind[];
const over = (error: Rejection | Failure): Rejection | Failure => {
  const { code, message, details } = toStatus(error);
  return fromStatus(code, message, details);
};

describe('an error on its way from service to client', () => {
  it.each(kinds)('arrives as it was thrown: %s', (kind) => {
    const errors = [{ field: 'lines[2].amountMinor', rule: 'int64.gte', message: '不得小于零' }];
    const thrown = new Rejection('some-slug', kind, 'Ein Satz für Menschen, 一句话.', { errors, allowed: ['OpenIt'], version: 3, ids: ['a', 'b'] });
    expect(over(thrown)).toEqual(thrown);
    expect(over(new Rejection('bare', kind, 'Nothing more.'))).toEqual(new Rejection('bare', kind, 'Nothing more.'));
  });
  it('arrives as a failure with its trace id where it was one', () => {
    expect(over(new Failure('ab'.repeat(16)))).toEqual(new Failure('ab'.repeat(16)));
  });
  it('has the gRPC and the HTTP status of the one table', () => {
    const both = kinds.map((kind) => [kind, toStatus(new Rejection('x', kind, '')).code, httpStatus(new Rejection('x', kind, ''))]);
    expect(both).toEqual([
      ['invalid', 3, 422],
      ['unauthenticated', 16, 401],
      ['forbidden', 7, 403],
      ['not-found', 5, 404],
      ['conflict', 9, 409],
      ['stale', 10, 412],
      ['exhausted', 8, 429],
      ['unavailable', 14, 503],
    ]);
    expect(httpStatus(new Failure(''))).toBe(500);
  });
  it('is 400 where the request itself cannot be read', () => {
    const slugs = ['unreadable', 'order-by-unknown', 'page-token-unknown'];
    expect(slugs.map((slug) => httpStatus(new Rejection(slug, 'invalid', '')))).toEqual([400, 400, 400]);
  });
  it('is told from its code where a stranger sent it without our details, or with broken ones', () => {
    expect(fromStatus(4, 'deadline', undefined)).toMatchObject({ slug: 'timeout', kind: 'unavailable' });
    expect(fromStatus(14, 'gone', new Uint8Array())).toMatchObject({ slug: 'service-unavailable' });
    expect(fromStatus(16, '', Buffer.from('garbage'))).toMatchObject({ slug: 'unauthenticated' });
    expect(fromStatus(2, 'secret', undefined)).toEqual(new Failure(''));
  });
});

describe('a problem', () => {
  it('holds what public-api.md says and leaves out what there is not', () => {
    const errors = [{ field: 'kind', rule: 'enum', message: 'must be one of …' }];
    expect(problemOf(new Rejection('invalid-request', 'invalid', 'No.', { errors }), 't1')).toEqual({
      type: '/problems/invalid-request',
      title: 'Invalid request',
      status: 422,
      detail: 'No.',
      errors,
      traceId: 't1',
    });
    expect(problemOf(new Rejection('a-b', 'conflict', 'No.', { allowed: ['X'], version: 2, ids: ['i'] }), 't1')).toMatchObject({
      status: 409,
      errors: [],
      allowed: ['X'],
      version: 2,
      ids: ['i'],
    });
  });
  it('of a failure leads to the log where it happened, and says nothing else', () => {
    expect(problemOf(new Failure('there'), 'here')).toMatchObject({ type: '/problems/internal', status: 500, traceId: 'there' });
    expect(problemOf(new Failure(''), 'here').traceId).toBe('here');
  });
});
