import { AccountEvent } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { ContactEvent } from '@guanxi/contracts/guanxi/accounts/v1/contact';
import { DataSubject, SubjectEvent } from '@guanxi/contracts/guanxi/privacy/v1/subject';
import { same, view } from '@guanxi/event-sourcing/view';

/** Data subjects. What accounts tells makes no row: only the subject's own events do. */
export const dataSubjectView = view(DataSubject, { version: 1, table: 'data_subjects', key: 'accountId' })
  .of(
    SubjectEvent,
    {
      subjectOpened: (_, { accountId, source, region }, { version, at }) => ({
        accountId,
        source,
        region,
        contactIds: [],
        version,
        createdAt: at,
        updatedAt: at,
      }),
      subjectContactNoted: (row, { contactId }, { version, at }) =>
        row && { ...row, contactIds: [...row.contactIds, contactId], version, updatedAt: at },
    },
    ({ accountId }) => accountId,
  )
  .on(AccountEvent, { accountRegistered: same }, (_, { stream }) => stream)
  .on(ContactEvent, { contactAdded: same, contactLinked: same });
