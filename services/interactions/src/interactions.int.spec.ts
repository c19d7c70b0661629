import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CustomerQueries } from '@guanxi/contracts/guanxi/interactions/v1/customer';
import { InteractionCommands, InteractionQueries } from '@guanxi/contracts/guanxi/interactions/v1/interaction';
import { refId } from '@guanxi/event-sourcing/ids';
import { namespace, testService, type TestService } from '../../../test/service.js';
import { interactions, queries } from './interactions.module.js';
import { wishes } from './testing/story.js';

type Json = Record<string, unknown>;

let service: TestService;
beforeAll(async () => {
  service = await testService(interactions, queries);
}, 60_000);
afterAll(() => service.stop());

const ref = (id: string) => ({ system: 'calls', id });
const accountRef = (id: string) => ({ system: 'shop', id });
const accountId = (id: string) => refId(namespace, 'account', accountRef(id));
const { accountId: _account, externalRef: _ref, ...call } = wishes.logInteraction;
const log = (more: Json = {}, metadata?: Record<string, string>) =>
  service.call(InteractionCommands, 'logInteraction', { ...call, ...more }, metadata);
const correct = (request: Json) => service.call(InteractionCommands, 'correctInteraction', { reason: '记错了', ...request });
const voided = (request: Json) => service.call(InteractionCommands, 'voidInteraction', { reason: '重复', ...request });
const get = (interactionId: unknown) => service.call(InteractionQueries, 'getInteraction', { interactionId: String(interactionId) });
const page = (request: Json) => service.call(InteractionQueries, 'listInteractions', request);
const list = async (request: Json) => (await page(request)).interactions as Json[];
const starts = (rows: Json[]) => rows.map((it) => String(it.startedAt).slice(0, 10));
const summary = (request: Json = {}) => service.call(InteractionQueries, 'summarizeInteractions', request);

describe('an interaction', () => {
  it('is there when the answer is, under the id that its reference means', async () => {
    const { id } = await log({ accountRef: accountRef('a1'), externalRef: ref('1') });
    expect(id).toBe(refId(namespace, 'interaction', ref('1')));
    expect(await get(id)).toMatchObject({ interactionId: id, accountId: accountId('a1'), durationS: 90, status: 'LOGGED', version: 1 });
  });
  it('is done once under its key, and refused under another one', async () => {
    const again = { 'idempotency-key': 'call-2' };
    const first = await log({ accountRef: accountRef('a1'), externalRef: ref('2') }, again);
    expect(await log({ accountRef: accountRef('a1'), externalRef: ref('2') }, again)).toEqual(first);
    await expect(log({ externalRef: ref('2') })).rejects.toMatchObject({ slug: 'external-ref-taken', kind: 'conflict', more: { ids: [first.id] } });
  });
  it('needs no customer, nor summary, outcome or duration', async () => {
    const { id } = await log({ summary: undefined, outcome: undefined, durationS: undefined });
    const found = await get(id);
    expect(found).toMatchObject({ durationS: 0, corrections: [] });
    for (const name of ['accountId', 'summary', 'outcome']) expect(found).not.toHaveProperty(name);
  });
  it('is corrected by its reference or its id, and shows what was recorded first', async () => {
    await correct({ interactionRef: ref('1'), type: 'MEETING', summary: '' });
    const { id } = await correct({ interactionId: refId(namespace, 'interaction', ref('1')), outcome: 'PROMISED' });
    const found = await get(id);
    expect(found).toMatchObject({
      ...{ type: 'MEETING', outcome: 'PROMISED', version: 3 },
      corrections: [
        { before: { type: 'CALL', summary: wishes.logInteraction.summary }, after: { type: 'MEETING' } },
        { before: { outcome: 'ANSWERED' }, after: { outcome: 'PROMISED' } },
      ],
    });
    expect(found).not.toHaveProperty('summary');
    await expect(correct({ interactionRef: ref('1'), type: 'MEETING' })).rejects.toMatchObject({
      slug: 'interaction-unchanged',
      more: { version: 3 },
    });
  });
  it('is void where it was recorded in error, and may be recorded anew for another customer', async () => {
    await voided({ interactionRef: ref('2') });
    await expect(correct({ interactionRef: ref('2'), type: 'VISIT' })).rejects.toMatchObject({ slug: 'interaction-voided', kind: 'conflict' });
    expect(await list({ accountId: accountId('a1'), status: 'VOIDED' })).toMatchObject([{ voidReason: '重复' }]);
    await log({ accountRef: accountRef('a2'), externalRef: ref('2') });
    expect(await list({ accountId: accountId('a2') })).toMatchObject([{ status: 'LOGGED', version: 3 }]);
    expect(await list({ accountId: accountId('a1') })).toHaveLength(1);
  });
  it('that nobody recorded is not there', async () => {
    await expect(get(accountId('a1'))).rejects.toMatchObject({ slug: 'interaction-not-found', kind: 'not-found' });
    await expect(voided({ interactionRef: ref('nobody') })).rejects.toMatchObject({ slug: 'interaction-not-found' });
  });
  it('is refused where it makes no sense', async () => {
    const bad: Json[] = [
      { type: 'TYPE_UNSPECIFIED' },
      { durationS: -1 },
      { startedAt: undefined },
      { summary: ' ' },
      { outcome: 'x'.repeat(101) },
      { accountRef: accountRef('a1'), accountId: accountId('a2') },
    ];
    for (const it of bad) await expect(log(it)).rejects.toMatchObject({ kind: 'invalid' });
    await expect(correct({ interactionRef: ref('1') })).rejects.toMatchObject({ more: { errors: [{ rule: 'interaction.nothing_given' }] } });
    await expect(correct({ type: 'CALL' })).rejects.toMatchObject({ more: { errors: [{ rule: 'interaction.interaction_missing' }] } });
  });
});

describe('lists of interactions', () => {
  const of = { accountId: accountId('many') };
  it('are newest first, page by page, though others are recorded meanwhile', async () => {
    const day = (n: number) => log({ ...of, startedAt: `2026-04-0${n}T08:00:00Z`, type: n % 2 ? 'CALL' : 'VISIT', channel: 'WEB' });
    await Promise.all([1, 2, 3, 4].map(day));
    const first = await page({ ...of, pageSize: 2 });
    await day(5);
    const rest = await page({ ...of, pageSize: 2, pageToken: first.nextPageToken });
    expect([...starts(first.interactions as Json[]), ...starts(rest.interactions as Json[])]).toEqual([
      ...['2026-04-04', '2026-04-03', '2026-04-02', '2026-04-01'],
    ]);
    expect(rest.nextPageToken).toBe('');
    expect(starts(await list({ ...of, orderBy: 'startedAt' }))[0]).toBe('2026-04-01');
  });
  it('are asked for by type, channel and time, from inclusive, to exclusive', async () => {
    expect(starts(await list({ ...of, type: 'VISIT' }))).toEqual(['2026-04-04', '2026-04-02']);
    expect(await list({ ...of, channel: 'PHONE' })).toEqual([]);
    expect(starts(await list({ ...of, from: '2026-04-02T08:00:00Z', to: '2026-04-04T08:00:00Z' }))).toEqual(['2026-04-03', '2026-04-02']);
    expect(starts(await list({ ...of, from: '2026-04-04T16:00:00.001+08:00' }))).toEqual(['2026-04-05']);
    await expect(list({ from: '2026-02-30' })).rejects.toMatchObject({ slug: 'filter-invalid' });
    await expect(list({ from: 'yesterday' })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(list({ orderBy: 'summary' })).rejects.toMatchObject({ slug: 'order-by-unknown' });
  });
});

describe('all interactions together', () => {
  it('are counted without the void ones, by type, channel and outcome', async () => {
    await log({ accountId: accountId('many'), externalRef: ref('void') });
    await voided({ interactionRef: ref('void') });
    expect(await summary()).toEqual({
      ...{ total: 8, identified: 7 },
      byType: [
        { key: 'CALL', count: 5 },
        { key: 'VISIT', count: 2 },
        { key: 'MEETING', count: 1 },
      ],
      byChannel: [
        { key: 'WEB', count: 5 },
        { key: 'PHONE', count: 3 },
      ],
      byOutcome: [
        { key: 'ANSWERED', count: 6 },
        { key: '', count: 1 },
        { key: 'PROMISED', count: 1 },
      ],
    });
    expect(await summary({ accountId: accountId('many'), type: 'VISIT', from: '2026-04-03' })).toMatchObject({ total: 1, identified: 1 });
    expect(await summary({ accountId: accountId('nobody') })).toEqual({ total: 0, identified: 0, byType: [], byChannel: [], byOutcome: [] });
  });
  it('are a section of the customer’s page, empty for somebody unknown', async () => {
    const section = await service.call(CustomerQueries, 'getCustomer', { accountId: accountId('many') });
    expect(section).toMatchObject({
      freshness: { staleReason: '' },
      data: {
        total: 5,
        byType: [
          { key: 'CALL', count: 3 },
          { key: 'VISIT', count: 2 },
        ],
        lastAt: '2026-04-05T08:00:00.000Z',
      },
    });
    expect(starts((section.data as { recent: Json[] }).recent)).toEqual(['2026-04-05', '2026-04-04', '2026-04-03', '2026-04-02', '2026-04-01']);
    expect(await service.call(CustomerQueries, 'getCustomer', { accountId: accountId('nobody') })).toMatchObject({
      data: { total: 0, byType: [], recent: [] },
    });
  });
});
