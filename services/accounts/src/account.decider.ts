import {
  AccountCommands,
  AccountEvent,
  type AccountKind,
  type AccountLifecycle,
  type ProfileUpdated,
} from '@guanxi/contracts/guanxi/accounts/v1/account';
import type { Region } from '@guanxi/contracts/guanxi/common/v1/shared';
import { decider } from '@guanxi/event-sourcing/decider';
import { invalid, Rejection } from '@guanxi/event-sourcing/rejection';

interface Profile {
  readonly kind?: AccountKind | undefined;
  readonly displayName?: string | undefined;
  readonly segmentId?: string | undefined;
  readonly region?: Region | undefined;
  readonly source?: string | undefined;
}
interface State {
  readonly registered: boolean;
  readonly profile: Profile;
  readonly lifecycle: AccountLifecycle;
  readonly tags: readonly string[];
}

const none: State = { registered: false, profile: {}, lifecycle: 'LIFECYCLE_UNSPECIFIED', tags: [] };
const mostTags = 100;

const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const stated = ({ kind, displayName, segmentId, region, source }: Profile): Profile => ({ kind, displayName, segmentId, region, source });

/** Only what is given and differs from what is known. */
const changes = (given: Profile, known: Profile): ProfileUpdated =>
  Object.fromEntries(Object.entries(stated(given)).filter(([name, value]) => value !== undefined && !equal(value, known[name as keyof Profile])));

/** Who a customer is and how near to us (AC-007: each of the five states can turn into each other, with a reason). */
export const account = decider({
  stream: 'account',
  version: 1,
  commands: AccountCommands,
  events: AccountEvent,
  initial: none,
  creates: ['registerAccount'],
  decide: {
    registerAccount: ({ kind, displayName, segmentId, region, externalRef, source }, state, { id, segment }) => {
      if (state.registered) throw new Rejection('external-ref-taken', 'conflict', 'An account with this external reference exists.', { ids: [id] });
      const profile = { kind, displayName, segmentId: segmentId ?? segment, region, source };
      return [{ accountRegistered: { accountId: id, ...profile, externalRef, lifecycle: 'POTENTIAL' } }];
    },
    updateProfile: (given, { profile }) => {
      const changed = changes(given, profile);
      return equal(changed, {}) ? [] : [{ profileUpdated: changed }];
    },
    tagAccount: ({ tags }, state) => {
      const fresh = tags.filter((tag) => !state.tags.includes(tag));
      if (state.tags.length + fresh.length > mostTags) throw invalid('too-many-tags', 'tags', `An account has at most ${mostTags} tags.`);
      return fresh.length ? [{ accountTagged: { tags: fresh } }] : [];
    },
    untagAccount: ({ tags }, state) => {
      const worn = tags.filter((tag) => state.tags.includes(tag));
      return worn.length ? [{ accountUntagged: { tags: worn } }] : [];
    },
    changeLifecycle: ({ to, reason, evidenceEventId }, { lifecycle }) => {
      if (to === lifecycle) throw new Rejection('lifecycle-unchanged', 'conflict', 'The account is in this lifecycle state already.');
      return [{ lifecycleChanged: { from: lifecycle, to, reason, evidenceEventId } }];
    },
  },
  evolve: {
    accountRegistered: (_, { lifecycle, ...profile }) => ({ registered: true, profile: stated(profile), lifecycle, tags: [] }),
    profileUpdated: (state, changed) => ({ ...state, profile: { ...state.profile, ...changed } }),
    accountTagged: (state, { tags }) => ({ ...state, tags: [...state.tags, ...tags] }),
    accountUntagged: (state, { tags }) => ({ ...state, tags: state.tags.filter((tag) => !tags.includes(tag)) }),
    lifecycleChanged: (state, { to }) => ({ ...state, lifecycle: to }),
  },
});
