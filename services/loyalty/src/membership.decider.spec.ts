import { describe, it } from '@jest/globals';
import { scenario } from '@guanxi/event-sourcing/scenario';
import { membership } from './membership.decider.js';

const accountId = '00000000-0000-7000-8000-00000000000a';
const enrolled = { memberEnrolled: { accountId, programme: 'default' } };
const left = { memberLeft: { accountId, programme: 'default', reason: '搬走了' } };
const { given } = scenario(membership);

describe('enrolling', () => {
  it('makes a member of the default programme', () => given().when({ enrol: { accountId } }).gives(enrolled));
  it('takes another programme by its name', () =>
    given()
      .when({ enrol: { accountId, programme: 'gold-club' } })
      .gives({ memberEnrolled: { accountId, programme: 'gold-club' } }));
  it('is refused to a member, whatever the programme', () =>
    given(enrolled)
      .when({ enrol: { accountId, programme: 'gold-club' } })
      .rejects('already-enrolled'));
  it('is open again to who left', () =>
    given(enrolled, left)
      .when({ enrol: { accountId, programme: 'gold-club' } })
      .gives({ memberEnrolled: { accountId, programme: 'gold-club' } }));
});

describe('leaving', () => {
  it('ends the membership of the programme that it was of', () =>
    given(enrolled)
      .when({ leave: { accountId, reason: '搬走了' } })
      .gives(left));
  it('needs no reason', () =>
    given(enrolled)
      .when({ leave: { accountId } })
      .gives({ memberLeft: { accountId, programme: 'default' } }));
  it('is refused to who left', () => given(enrolled, left).when({ leave: { accountId } }).rejects('membership-ended'));
  it('is refused to who never was a member', () => given().when({ leave: { accountId } }).rejects('membership-not-found'));
});
