import { AccountEvent } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { ContactEvent } from '@guanxi/contracts/guanxi/accounts/v1/contact';
import { SubjectCommands } from '@guanxi/contracts/guanxi/privacy/v1/subject';
import { policy } from '@guanxi/event-sourcing/policy';
import { dataSubjectView } from './data-subject.view.js';

/** F1: a customer that accounts has registered, or a contact that was added to one, is somebody to protect. */
export const openSubject = policy('open-subject', SubjectCommands, dataSubjectView)
  .on(AccountEvent, {
    accountRegistered: (_, { accountId, region }) => [{ command: { openSubject: { accountId, region } } }],
  })
  .on(ContactEvent, {
    contactAdded: (_, { accountId, contactId }) => [{ command: { openSubject: { accountId, contactId } } }],
    contactLinked: (_, { accountId, contactId }) => [{ command: { openSubject: { accountId, contactId } } }],
  });
