import { hash } from 'node:crypto';
import { momentOf, personName, refOf, someDay, type Customer, type IdOf, type Said } from './customer.ts';
import { sources, tags } from './goods.ts';

const accounts = 'guanxi.accounts.v1';
const privacy = 'guanxi.privacy.v1';

const positions = {
  zh: ['总经理', '采购经理', '财务', '行政助理', '店长'],
  en: ['managing director', 'head of purchasing', 'accountant', 'assistant', 'shop manager'],
};
const influences = ['POWER', 'DECISION', 'EVALUATOR'];

/** The customer itself: registered, with tags. */
export const profileOf = ({ kind, name, place, ref, id, random }: Customer): Said[] => {
  const { country, subdivision, city, segment } = place;
  const region = { country, ...(subdivision && { subdivision }), city };
  const registered: Said = [
    `${accounts}.RegisterAccount`,
    { kind, displayName: name, segmentId: segment, region, externalRef: ref, source: random.pick(sources) },
  ];
  const worn = random.some(tags, random.whole(0, 3));
  return worn.length ? [registered, [`${accounts}.TagAccount`, { accountId: id, tags: worn }]] : [registered];
};

/** The people at or behind the customer; now and then one has left. */
export const contactsOf = (customer: Customer, idOf: IdOf): Said[] => {
  const { kind, place, ref, label, shown, random } = customer;
  const many = kind === 'PERSON' ? 0 : random.whole(shown ? 2 : 1, 3);
  return Array.from({ length: many }, (_, n): Said[] => {
    const externalRef = refOf(customer, `p${n + 1}`);
    const family = kind === 'HOUSEHOLD';
    const position = family ? (place.language === 'zh' ? '家人' : 'family') : positions[place.language][n]!;
    const added: Said = [
      `${accounts}.AddContact`,
      {
        ...{ accountRef: ref, externalRef, name: personName(place, random), position },
        ...(family ? {} : { influence: influences[n] }),
        phones: [`${place.dialling}5550100${random.whole(100, 999)}`],
        emails: [`${label}.${n + 1}@example.com`],
        preferredChannel: random.pick(['PHONE', 'EMAIL']),
        ...(random.chance(30) && { importantDates: [{ kind: 'BIRTHDAY', date: `--0${random.whole(1, 9)}-${random.whole(10, 28)}` }] }),
      },
    ];
    const left = n > 0 && random.chance(15);
    const departed = { contactId: idOf('contact', externalRef), accountRef: ref, departedOn: momentOf(someDay(random, 400), random).slice(0, 10) };
    return left ? [added, [`${accounts}.MarkContactDeparted`, departed]] : [added];
  }).flat();
};

/** What the customer allows and refuses. */
export const wishesOf = ({ ref, place, label, random }: Customer): Said[] => {
  const said: Said[] = [];
  const channel = random.pick(['PHONE', 'WEB', 'EMAIL']);
  if (random.chance(35)) {
    const evidenceHash = hash('sha256', `demo ${ref.id} newsletter`);
    const locale = place.language === 'zh' ? 'zh-CN' : 'en';
    const granted = { kind: 'GENERAL', noticeVersion: '2025-1', locale, channel, evidenceHash, grantedAt: momentOf(someDay(random), random) };
    said.push([`${privacy}.GrantConsent`, { accountRef: ref, purpose: 'newsletter', ...granted }]);
    if (random.chance(12)) said.push([`${privacy}.WithdrawConsent`, { accountRef: ref, purpose: 'newsletter', channel }]);
  }
  if (random.chance(14)) said.push([`${privacy}.SetOptOut`, { accountRef: ref, optOut: 'DIRECT_MARKETING', on: true, channel }]);
  if (random.chance(4)) said.push([`${privacy}.SetOptOut`, { accountRef: ref, optOut: 'THIRD_PARTY_DISCLOSURE', on: true, channel }]);
  // The numbers of the labels, so that a look at the list finds one of each.
  if (label.endsWith('07')) said.push([`${privacy}.SetOptOut`, { accountRef: ref, optOut: 'AUTOMATED_DECISION', on: true, channel }]);
  return said;
};
