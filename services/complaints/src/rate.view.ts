import { OrderEvent } from '@guanxi/contracts/guanxi/accounts/v1/order';
import { ComplaintEvent } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import { ComplaintRate } from '@guanxi/contracts/guanxi/complaints/v1/rate';
import { rate } from '@guanxi/event-sourcing/amount';
import { view } from '@guanxi/event-sourcing/view';

const monthOf = (instant: string): string => instant.slice(0, 7);

const counted = (row: ComplaintRate | undefined, month: string, more: { orders?: number; complaints?: number }): ComplaintRate | undefined => {
  const orders = (row?.orders ?? 0) + (more.orders ?? 0);
  const complaints = (row?.complaints ?? 0) + (more.complaints ?? 0);
  // A month in which all turned out to be recorded in error is no month to speak of.
  return orders || complaints ? { month, orders, complaints, perTenThousand: rate(complaints, orders, 10_000, 4) } : undefined;
};

/** Complaints per 10,000 orders, month by month: own complaints against the orders that accounts tells of. */
export const rateView = view(ComplaintRate, { version: 1, table: 'complaint_rates', key: 'month' })
  .on(
    ComplaintEvent,
    {
      complaintReceived: (row, { receivedAt }) => counted(row, monthOf(receivedAt), { complaints: 1 }),
      complaintImported: (row, { receivedAt }) => counted(row, monthOf(receivedAt), { complaints: 1 }),
      complaintVoided: (row, { receivedAt }) => counted(row, monthOf(receivedAt), { complaints: -1 }),
    },
    (event) => ('receivedAt' in event ? monthOf(event.receivedAt) : undefined),
  )
  .on(
    OrderEvent,
    {
      orderRecorded: (row, { orderedAt }) => counted(row, monthOf(orderedAt), { orders: 1 }),
      orderVoided: (row, { orderedAt }) => counted(row, monthOf(orderedAt), { orders: -1 }),
    },
    ({ orderedAt }) => monthOf(orderedAt),
  );
