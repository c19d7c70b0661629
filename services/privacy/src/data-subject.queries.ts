import { SubjectQueries } from '@guanxi/contracts/guanxi/privacy/v1/subject';
import { queriesOf } from '@guanxi/service-kit/controllers';
import { dataSubjectView } from './data-subject.view.js';

/** Answers about data subjects. */
export const subjectQueries = queriesOf(SubjectQueries, {
  getDataSubject: ({ accountId }, { read }) => read(dataSubjectView).get(accountId),
});
