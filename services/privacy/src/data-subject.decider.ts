import { SubjectCommands, SubjectEvent } from '@guanxi/contracts/guanxi/privacy/v1/subject';
import { decider } from '@guanxi/event-sourcing/decider';

const unknown: { readonly open: boolean; readonly contactIds: readonly string[] } = { open: false, contactIds: [] };

/** Whose data it is: an account, with its contacts. What was heard of first opens it. */
export const dataSubject = decider({
  stream: 'dataSubject',
  version: 1,
  keyedBy: ['accountId'],
  commands: SubjectCommands,
  events: SubjectEvent,
  initial: unknown,
  creates: ['openSubject'],
  decide: {
    openSubject: ({ accountId, region, contactId }, { open, contactIds }) => {
      const source = contactId === undefined ? 'ACCOUNT' : 'CONTACT';
      return [
        ...(open ? [] : [{ subjectOpened: { accountId, source, region } } as const]),
        ...(contactId === undefined || contactIds.includes(contactId) ? [] : [{ subjectContactNoted: { accountId, contactId } }]),
      ];
    },
  },
  evolve: {
    subjectOpened: (state) => ({ ...state, open: true }),
    subjectContactNoted: (state, { contactId }) => ({ ...state, contactIds: [...state.contactIds, contactId] }),
  },
});
