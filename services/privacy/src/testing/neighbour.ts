import { AccountCommands, AccountEvent } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { ContactCommands, ContactEvent } from '@guanxi/contracts/guanxi/accounts/v1/contact';
import { decider } from '@guanxi/event-sourcing/decider';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';

const nothing = {};
const silent = () => [];
const still = () => nothing;

/** Says what accounts would say, without its rules. */
const account = decider({
  stream: 'account',
  version: 1,
  commands: AccountCommands,
  events: AccountEvent,
  initial: nothing,
  creates: ['registerAccount'],
  decide: {
    registerAccount: ({ kind, displayName, region, externalRef }, _, { id }) => [
      { accountRegistered: { accountId: id, kind, displayName, segmentId: 'default', region, externalRef, lifecycle: 'POTENTIAL' } },
    ],
    updateProfile: silent,
    tagAccount: silent,
    untagAccount: silent,
    changeLifecycle: silent,
  },
  evolve: { accountRegistered: still, profileUpdated: still, accountTagged: still, accountUntagged: still, lifecycleChanged: still },
});

const contact = decider({
  stream: 'contact',
  version: 1,
  commands: ContactCommands,
  events: ContactEvent,
  initial: nothing,
  creates: ['addContact'],
  decide: {
    addContact: ({ accountId = '', name, phones, emails, affinities, externalRef }, _, { id }) => [
      { contactAdded: { contactId: id, accountId, name, phones, emails, affinities, externalRef } },
    ],
    updateContact: silent,
    linkContact: silent,
    unlinkContact: silent,
    markContactDeparted: silent,
    recordImportantDate: silent,
    removeImportantDate: silent,
    voidContact: silent,
  },
  evolve: {
    contactAdded: still,
    contactUpdated: still,
    contactLinked: still,
    contactUnlinked: still,
    contactDeparted: still,
    importantDateRecorded: still,
    importantDateRemoved: still,
    contactVoided: still,
  },
});

/** Stands for accounts on the bus: real history, relay and topic. */
export const accountsStandIn: ServiceDefinition = { name: 'accounts', deciders: [account, contact], views: [] };
