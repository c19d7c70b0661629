import type { Context } from '@guanxi/event-sourcing/decider';
import { Rejection } from '@guanxi/event-sourcing/rejection';

/** A customer speaks for themselves only: their token's subject is their account's id. @throws Rejection forbidden */
export const demandOwn = ({ role, subject }: Context['actor'], accountId: string): void => {
  if (role === 'CUSTOMER' && subject !== accountId) throw new Rejection('forbidden', 'forbidden', 'A customer speaks for themselves only.');
};
