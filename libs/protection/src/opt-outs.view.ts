import { OptOutEvent, OptOuts, type OptOutsKind } from '@guanxi/contracts/guanxi/privacy/v1/opt_outs';
import { view, type Meta } from '@guanxi/event-sourcing/view';

/** What a customer can refuse. */
export type Refusable = Exclude<OptOutsKind, 'KIND_UNSPECIFIED'>;
type Matter = keyof Pick<OptOuts, 'directMarketing' | 'thirdPartyDisclosure' | 'automatedDecision' | 'sensitiveData'>;

const matterOf: { readonly [K in Refusable]: Matter } = {
  DIRECT_MARKETING: 'directMarketing',
  THIRD_PARTY_DISCLOSURE: 'thirdPartyDisclosure',
  AUTOMATED_DECISION: 'automatedDecision',
  SENSITIVE_DATA: 'sensitiveData',
};
const refusable = Object.keys(matterOf) as Refusable[];
const silent = { on: false };

/** The row of a customer who never said anything: nothing is refused. */
export const noOptOuts = (accountId: string): OptOuts => ({
  accountId,
  directMarketing: silent,
  thirdPartyDisclosure: silent,
  automatedDecision: silent,
  sensitiveData: silent,
  version: 0,
});

/**
 * May a customer's data be used for this, as far as their opt-outs go? Consent is another question. Undefined is the row of a
 * customer who never said anything.
 */
export const mayUse = (row: OptOuts | undefined, kind: Refusable): boolean => row === undefined || !row[matterOf[kind]].on;

const said =
  (on: boolean) =>
  (row: OptOuts | undefined, { accountId, optOut, channel }: OptOutEvent[keyof OptOutEvent], { version, at }: Meta): OptOuts | undefined => {
    // Of a kind that a newer build knows nothing can be refused here; the service is not ready until it knows it too.
    if (optOut === 'KIND_UNSPECIFIED') return row;
    return { ...(row ?? noOptOuts(accountId)), [matterOf[optOut]]: { on, since: at, channel }, version, updatedAt: at };
  };

/** What customers refuse. Every service lists this view, so that it can ask its own database; privacy tells it, over the bus to others. */
export const optOutsView = view(OptOuts, {
  version: 1,
  table: 'opt_outs',
  key: 'accountId',
  filters: ['updatedAt'],
  columns: { refused: { type: 'text[]', of: (row) => refusable.filter((kind) => !mayUse(row, kind)) } },
}).of(OptOutEvent, { optOutSet: said(true), optOutCleared: said(false) }, ({ accountId }) => accountId);
