import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountCommands } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { ContactCommands } from '@guanxi/contracts/guanxi/accounts/v1/contact';
import { ConsentCommands, ConsentQueries } from '@guanxi/contracts/guanxi/privacy/v1/consent';
import { CustomerQueries } from '@guanxi/contracts/guanxi/privacy/v1/customer';
import { OptOutCommands, OptOutQueries } from '@guanxi/contracts/guanxi/privacy/v1/opt_outs';
import { SubjectCommands, SubjectQueries } from '@guanxi/contracts/guanxi/privacy/v1/subject';
import { refId, uuid7 } from '@guanxi/event-sourcing/ids';
import { namespace, testService, type TestService } from '../../../test/service.js';
import { privacy, queries } from './privacy.module.js';
import { accountsStandIn } from './testing/neighbour.js';

type Json = Record<string, unknown>;

let accounts: TestService;
let service: TestService;
beforeAll(async () => {
  accounts = await testService(accountsStandIn, []);
  service = await testService(privacy, queries, accounts);
}, 60_000);
afterAll(async () => {
  await service.stop();
  await accounts.stop();
});

const accountRef = { system: 'shop', id: 'a1' };
const accountId = refId(namespace, 'account', accountRef);
const as = async (role: string, sub = 'op-18') => ({ authorization: await service.place.issuer.bearer({ sub, roles: [role] }) });
const setOptOut = (more: Json = {}, metadata: Record<string, string> = {}) =>
  service.call(OptOutCommands, 'setOptOut', { accountRef, optOut: 'DIRECT_MARKETING', on: true, ...more }, metadata);
const optOuts = (id = accountId) => service.call(OptOutQueries, 'getOptOuts', { accountId: id });
const evidence = (n: number) => n.toString(16).padStart(64, '0');
const facts = { purpose: 'newsletter', kind: 'GENERAL', noticeVersion: '2026-01', channel: 'WEB', evidenceHash: evidence(1) };
const grant = (more: Json = {}) => service.call(ConsentCommands, 'grantConsent', { accountRef, ...facts, ...more });
const consents = async (more: Json = {}) => (await service.call(ConsentQueries, 'listConsents', { accountId, ...more })).consents as Json[];

const eventually = async (look: () => Promise<unknown>): Promise<void> => {
  for (const end = Date.now() + 10_000; ; await pause(25))
    try {
      await look();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
};

describe('opt-outs', () => {
  it('are all off for one who never said anything, known or not', async () =>
    expect(await optOuts(uuid7())).toMatchObject({ directMarketing: { on: false }, sensitiveData: { on: false }, version: 0 }));
  it('count as soon as they are answered, by reference or by id', async () => {
    const { version } = await setOptOut({ channel: 'PHONE', reason: '不要再打电话' });
    expect(version).toBe(1);
    const { directMarketing, ...others } = await optOuts();
    expect(directMarketing).toMatchObject({ on: true, channel: 'PHONE', since: expect.any(String) });
    expect(others).toMatchObject({ accountId, thirdPartyDisclosure: { on: false }, version: 1 });
    expect(await setOptOut({ accountRef: undefined, accountId, optOut: 'SENSITIVE_DATA' })).toMatchObject({ version: 2 });
  });
  it('said twice are the same, since when too', async () => {
    const before = await optOuts();
    expect(await setOptOut()).toMatchObject({ version: 2 });
    expect(await optOuts()).toEqual(before);
  });
  it('end by the subject’s word alone', async () => {
    const off = { on: false };
    await expect(setOptOut(off, await as('MARKETING'))).rejects.toMatchObject({ slug: 'opt-out-subject-only', kind: 'forbidden' });
    await expect(setOptOut(off, await as('SERVICE_AGENT'))).rejects.toMatchObject({ slug: 'channel-missing', kind: 'invalid' });
    await expect(setOptOut(off, await as('CUSTOMER'))).rejects.toMatchObject({ kind: 'forbidden' });
    await setOptOut(off, await as('CUSTOMER', accountId));
    expect(await optOuts()).toMatchObject({ directMarketing: { on: false, since: expect.any(String) }, sensitiveData: { on: true }, version: 3 });
  });
  it('are listed by what is refused', async () => {
    const list = async (optOut: string) => (await service.call(OptOutQueries, 'listOptOuts', { optOut })).optOuts as Json[];
    expect(await list('SENSITIVE_DATA')).toMatchObject([{ accountId }]);
    expect(await list('DIRECT_MARKETING')).toEqual([]);
  });
  it('need to be named, and switched one way or the other', async () => {
    for (const bad of [{ optOut: 'KIND_UNSPECIFIED' }, { on: undefined }, { accountRef: undefined }, { accountId: 'x' }, { accountId: uuid7() }])
      await expect(setOptOut(bad)).rejects.toMatchObject({ kind: 'invalid' });
  });
});

describe('consents', () => {
  it('are granted, withdrawn in one command, and granted anew', async () => {
    await grant();
    await grant();
    expect(await consents()).toMatchObject([{ ...facts, state: 'GRANTED', version: 1 }]);
    await service.call(ConsentCommands, 'withdrawConsent', { accountRef, purpose: 'newsletter' });
    expect(await consents({ state: 'WITHDRAWN' })).toMatchObject([{ endedAt: expect.any(String), version: 2 }]);
    await grant({ evidenceHash: evidence(2) });
    const [again] = await consents();
    expect(again).toMatchObject({ state: 'GRANTED', version: 3 });
    expect(again).not.toHaveProperty('endedAt');
  });
  it('are never bundled where they are separate', async () => {
    const separate = { purpose: 'disclosure', kind: 'SEPARATE', recipient: '甲公司' };
    await expect(grant({ ...separate, evidenceHash: evidence(2) })).rejects.toMatchObject({ slug: 'consent-bundled', kind: 'invalid' });
    await grant({ ...separate, evidenceHash: evidence(3) });
    expect(await consents({ kind: 'SEPARATE' })).toMatchObject([separate]);
  });
  it('lapse under another notice', async () => {
    await service.call(ConsentCommands, 'lapseConsent', { accountId, purpose: 'disclosure', noticeVersion: '2026-07' });
    expect(await consents({ state: 'LAPSED' })).toMatchObject([{ purpose: 'disclosure', noticeVersion: '2026-01' }]);
  });
  it('end by themselves at their end', async () => {
    const expiresAt = new Date(Date.now() + 700).toISOString();
    await grant({ purpose: 'trial', evidenceHash: evidence(4), expiresAt });
    expect(await consents({ purpose: 'trial' })).toMatchObject([{ state: 'GRANTED', expiresAt }]);
    await eventually(async () => expect(await consents({ purpose: 'trial' })).toMatchObject([{ state: 'EXPIRED' }]));
  });
  it('need evidence, a purpose that can be read, and no stranger to end them', async () => {
    for (const bad of [{ evidenceHash: 'x' }, { evidenceHash: undefined }, { purpose: 'News letter' }, { channel: undefined }, { kind: undefined }])
      await expect(grant(bad)).rejects.toMatchObject({ kind: 'invalid' });
    const expire = { accountId, consentId: uuid7(), expiresAt: '2030-01-01T00:00:00Z' };
    await expect(service.call(ConsentCommands, 'expireConsent', expire)).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('F1: what accounts tells opens the data subject', () => {
  const subject = () => service.call(SubjectQueries, 'getDataSubject', { accountId });
  const region = { country: 'CN' };
  it('by the account, then by its contacts, over the bus', async () => {
    await expect(subject()).rejects.toMatchObject({ slug: 'data-subject-not-found', kind: 'not-found' });
    await accounts.call(AccountCommands, 'registerAccount', { externalRef: accountRef, kind: 'PERSON', displayName: '王伟', region });
    await eventually(async () => expect(await subject()).toMatchObject({ accountId, source: 'ACCOUNT', region, contactIds: [], version: 1 }));
    const { id } = await accounts.call(ContactCommands, 'addContact', { accountRef, name: '李娜' });
    await eventually(async () => expect(await subject()).toMatchObject({ contactIds: [id], version: 2 }));
  });
  it('and nobody else does', () => expect(service.call(SubjectCommands, 'openSubject', { accountId })).rejects.toMatchObject({ kind: 'forbidden' }));
});

it('the page of one customer shows opt-outs and consents, and an empty section for one who is not known', async () => {
  const section = async (id: string) => (await service.call(CustomerQueries, 'getCustomer', { accountId: id })) as { data: Json; freshness: Json };
  const { data, freshness } = await section(accountId);
  expect(data).toMatchObject({ optOuts: { sensitiveData: { on: true } }, subjectOpenedAt: expect.any(String) });
  expect((data['consents'] as Json[]).map((it) => it['purpose'])).toEqual(['newsletter', 'disclosure', 'trial']);
  expect(freshness).toMatchObject({ asOf: expect.any(String), staleReason: '' });
  expect((await section(uuid7())).data).toMatchObject({ optOuts: { version: 0 }, consents: [] });
});
