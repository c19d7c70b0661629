import { Account, AccountEvent } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { OrderEvent } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { view, type Meta } from '@guanxi/event-sourcing/view';
import { changeBy, traded, type Change } from './trade.js';

const touched = ({ version, at }: Meta) => ({ version, updatedAt: at });
const withTrade = (row: Account | undefined, change: Change): Account | undefined => row && { ...row, trade: traded(row.trade, change) };

/** Accounts with what they bought. */
export const accountView = view(Account, {
  version: 2,
  table: 'accounts',
  key: 'accountId',
  filters: ['kind', 'lifecycle', 'segmentId', 'tags', 'createdAt'],
  columns: {
    country: { type: 'text', of: (row) => row.region?.country },
    currencies: { type: 'text[]', of: (row) => row.trade.filter((it) => it.orders > 0).map((it) => it.currency), indexed: false },
    refs: { type: 'text[]', of: (row) => row.externalRefs.map(({ system, id }) => `${system}:${id}`) },
  },
})
  .of(AccountEvent, {
    accountRegistered: (_, { kind, displayName, externalRef, lifecycle, segmentId, region, source }, meta) => ({
      accountId: meta.stream,
      kind,
      displayName,
      externalRefs: externalRef ? [externalRef] : [],
      lifecycle,
      segmentId,
      region,
      tags: [],
      trade: [],
      version: meta.version,
      createdAt: meta.at,
      updatedAt: meta.at,
      source,
      ordersSinceLifecycle: 0,
      // Looked up when asked for: a complaint may be heard of before its account is.
      openComplaints: 0,
    }),
    profileUpdated: (row, changed, meta) => row && { ...row, ...changed, ...touched(meta) },
    accountTagged: (row, { tags }, meta) => row && { ...row, tags: [...row.tags, ...tags].sort(), ...touched(meta) },
    accountUntagged: (row, { tags }, meta) => row && { ...row, tags: row.tags.filter((tag) => !tags.includes(tag)), ...touched(meta) },
    lifecycleChanged: (row, { to }, meta) => row && { ...row, lifecycle: to, ordersSinceLifecycle: 0, ...touched(meta) },
  })
  .on(OrderEvent, {
    orderRecorded: (row, event) =>
      row && { ...row, trade: traded(row.trade, changeBy.orderRecorded(event)), ordersSinceLifecycle: row.ordersSinceLifecycle + 1 },
    orderReturned: (row, event) => withTrade(row, changeBy.orderReturned(event)),
    returnVoided: (row, event) => withTrade(row, changeBy.returnVoided(event)),
    orderVoided: (row, event) => withTrade(row, changeBy.orderVoided(event)),
  });
