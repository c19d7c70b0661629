import { AccountComplaint } from '@guanxi/contracts/guanxi/accounts/v1/account';
import { ComplaintEvent } from '@guanxi/contracts/guanxi/complaints/v1/complaint';
import { view } from '@guanxi/event-sourcing/view';

const closed = (row: AccountComplaint | undefined): AccountComplaint | undefined => row && { ...row, open: false };

/**
 * Whose complaints are open, one row a complaint: so one that is heard of before its account counts as soon as the account is there,
 * and one that is opened and closed again and again counts once.
 */
export const openComplaintView = view(AccountComplaint, {
  version: 1,
  table: 'account_complaints',
  key: 'complaintId',
  filters: ['accountId'],
  columns: { open: { type: 'boolean', of: (row) => row.open, indexed: false } },
}).on(
  ComplaintEvent,
  {
    complaintReceived: (_, { complaintId, accountId }) => (accountId ? { complaintId, accountId, open: true } : undefined),
    complaintImported: (_, { complaintId, accountId, closed: isClosed }) => (accountId ? { complaintId, accountId, open: !isClosed } : undefined),
    complaintClosed: closed,
    complaintWithdrawn: closed,
    complaintVoided: closed,
    complaintReopened: (row) => row && { ...row, open: true },
  },
  (_, { stream }) => stream,
);
