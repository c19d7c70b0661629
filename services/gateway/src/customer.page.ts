import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt';
import { FreshnessSchema } from '@guanxi/contracts/guanxi/common/v1/freshness_pb';
import { CustomerSchema, Customer_State, type Customer } from '@guanxi/contracts/guanxi/gateway/v1/customer_pb';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import type { Principal } from '@guanxi/service-kit/auth';
import { askSection, type SectionAnswer } from './customer.ask.js';
import { ruleAgainst, sectionNames, type Section } from './customer.sections.js';
import type { Call, CallHeaders } from './peers.js';
import { isMeant } from './problem.js';
import { Refusal } from './refusal.js';

type SectionInit = NonNullable<NonNullable<MessageInitShape<typeof CustomerSchema>['sections']>['account']>;

/** What the page is made with. */
export interface PageParts {
  readonly call: Call;
  /** A section that is further behind is stale. */
  readonly staleMs: number;
  /** Hears of errors that nobody meant. */
  readonly onError: (error: unknown) => void;
  /** Hears of the state in which each section left: `ok`, `stale`, `unavailable`, `withheld`. */
  readonly onSection: (section: Section, state: string) => void;
}

const withheld = (reason: string): SectionInit => ({ state: Customer_State.WITHHELD, reason });

const slugOf = (error: unknown): string => (error instanceof Rejection || error instanceof Refusal ? error.slug : 'internal');

const isOfKind = (error: unknown, kind: Rejection['kind']): boolean => error instanceof Rejection && error.kind === kind;

/** What came of asking. @param most milliseconds behind that are not stale */
const shown = ({ freshness, data }: SectionAnswer, most: number): SectionInit => {
  const { asOf, lagMs, staleReason } = freshness ?? create(FreshnessSchema);
  const reason = staleReason || (lagMs > most ? `more than ${most} ms behind` : '');
  const state = reason ? Customer_State.STALE : Customer_State.OK;
  // Each section holds the message of its own service.
  return { state, lagMs, reason, ...(asOf && { asOf }), ...(data && { data: data as never }) };
};

/** The page of one customer from all services at once; one that does not answer takes nothing from the others. @throws Rejection not-found as accounts says, invalid for a moment in the future */
export const customerPage = async (
  { call, staleMs, onError, onSection }: PageParts,
  accountId: string,
  principal: Principal,
  headers: CallHeaders,
): Promise<Customer> => {
  const asOf = headers['as-of'];
  const section = async (name: Section): Promise<SectionInit> => {
    const rule = ruleAgainst(name, principal);
    if (rule !== undefined) return withheld(rule);
    try {
      return shown(await askSection(call, name, accountId, headers), staleMs);
    } catch (error) {
      if (name === 'account' && isOfKind(error, 'not-found')) throw error;
      // The moment that was asked for is none: no section can be shown.
      if (asOf !== undefined && isOfKind(error, 'invalid')) throw error;
      if (isOfKind(error, 'forbidden')) return withheld('the service refuses it to this caller');
      if (!isMeant(error)) onError(error);
      return { state: Customer_State.UNAVAILABLE, reason: slugOf(error) };
    }
  };
  const asked = asOf === undefined ? Date.now() : Date.parse(asOf);
  const all = await Promise.all(sectionNames.map(async (name) => [name, await section(name)] as const));
  for (const [name, { state }] of all) onSection(name, (Customer_State[state ?? 0] ?? '').toLowerCase());
  const oldest = Math.min(asked, ...all.flatMap(([, { asOf }]) => (asOf ? [timestampMs(asOf as never)] : [])));
  return create(CustomerSchema, { accountId, asOf: timestampFromMs(oldest), sections: Object.fromEntries(all) });
};
