import { CustomerQueries, type AccountSection } from '@guanxi/contracts/guanxi/accounts/v1/customer';
import { sectionOf } from '@guanxi/service-kit/customer.section';
import { complete } from './account.queries.js';
import { accountView } from './account.view.js';
import { contactView } from './contact.view.js';
import { orderView } from './order.view.js';

/** Who a customer is, with the people there and the last orders. */
export const customerQueries = sectionOf(CustomerQueries, async (accountId, reading): Promise<AccountSection> => {
  const { read } = reading;
  const row = await read(accountView).get(accountId);
  const [[account], contacts, orders] = await Promise.all([
    complete([row], reading),
    read(contactView).list({ stances: `${row.accountId}:active` }, { pageSize: 20 }),
    read(orderView).list({ accountId }, { pageSize: 5, orderBy: 'orderedAt desc' }),
  ]);
  return { account, contacts: contacts.rows, recent: orders.rows };
});
