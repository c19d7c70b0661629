import { ContactQueries } from '@guanxi/contracts/guanxi/accounts/v1/contact';
import { queriesOf } from '@guanxi/service-kit/controllers';
import { contactView } from './contact.view.js';

const stance = { true: ':active', false: ':left', undefined: '' };

/** Answers about contacts, from their rows. */
export const contactQueries = queriesOf(ContactQueries, {
  getContact: ({ contactId }, { read }) => read(contactView).get(contactId),
  listContacts: async ({ accountId, active, ...page }, { read }) => {
    const stances = `${accountId.toLowerCase()}${stance[String(active) as keyof typeof stance]}`;
    const { rows, nextPageToken } = await read(contactView).list({ stances }, page);
    return { contacts: rows, nextPageToken };
  },
});
