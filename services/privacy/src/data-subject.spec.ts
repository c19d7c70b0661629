import { describe, expect, it } from '@jest/globals';
import { AccountEvent } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { SubjectEvent } from '@guanxi/contracts/guanxi/privacy/v1/subject';
import { scenario } from '@guanxi/event-sourcing/scenario';
import { story } from '@guanxi/event-sourcing/story';
import { dataSubject } from './data-subject.decider.js';
import { dataSubjectView } from './data-subject.view.js';
import { openSubject } from './open-subject.policy.js';

const accountId = '00000000-0000-7000-8000-00000000000a';
const contactId = '00000000-0000-7000-8000-00000000000c';
const region = { country: 'CN', subdivision: 'CN-SH' };
const opened = { subjectOpened: { accountId, source: 'ACCOUNT', region } } as const;
const noted = { subjectContactNoted: { accountId, contactId } };
const { given } = scenario(dataSubject);

describe('a data subject', () => {
  it('is opened by an account, where it is with it', () => given().when({ openSubject: { accountId, region } }).gives(opened));
  it('is opened once', () => given(opened).when({ openSubject: { accountId } }).gives());
  it('takes the contacts of the account with it, each once', () => {
    given(opened).when({ openSubject: { accountId, contactId } }).gives(noted);
    given(opened, noted).when({ openSubject: { accountId, contactId } }).gives();
  });
  it('is opened by a contact too, where that is heard of first', () =>
    given()
      .when({ openSubject: { accountId, contactId } })
      .gives({ subjectOpened: { accountId, source: 'CONTACT' } }, noted));
});

describe('its row', () => {
  const registered = { accountRegistered: { accountId, kind: 'PERSON', displayName: 'x', segmentId: 's', lifecycle: 'POTENTIAL' } } as const;
  it('is made by its own events alone', () => {
    const subjects = story(dataSubjectView).tell(AccountEvent, accountId, registered);
    expect(subjects.rows()).toEqual([]);
    subjects.tell(SubjectEvent, 's1', opened).tell(SubjectEvent, 's1', noted).tell(AccountEvent, accountId, registered);
    const { createdAt, updatedAt, ...row } = subjects.row(accountId)!;
    expect(row).toEqual({ accountId, source: 'ACCOUNT', region, contactIds: [contactId], version: 2 });
    expect(updatedAt > createdAt).toBe(true);
  });
});

describe('F1: accounts tells, privacy opens', () => {
  const meta = { id: 'e', stream: accountId, version: 1, at: '2026-11-22T08:00:00.000Z', customer: accountId };
  const reacts = Object.assign({}, ...openSubject.sources.map((it) => it.reacts)) as Record<string, (...them: unknown[]) => unknown>;
  it('by an account', () =>
    expect(reacts['accountRegistered']!(undefined, { accountId, region, displayName: 'x' }, meta)).toEqual([
      { command: { openSubject: { accountId, region } } },
    ]));
  it.each(['contactAdded', 'contactLinked'])('by a contact: %s', (event) =>
    expect(reacts[event]!(undefined, { accountId, contactId, name: 'x' }, meta)).toEqual([{ command: { openSubject: { accountId, contactId } } }]),
  );
});
