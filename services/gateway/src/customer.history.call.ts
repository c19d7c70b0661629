import { fromBinary, toBinary, type DescMethod } from '@bufbuild/protobuf';
import {
  CustomerHistoryQueries,
  ListCustomerHistoryRequestSchema,
  ListCustomerHistoryResponseSchema,
} from '@guanxi/contracts/guanxi/gateway/v1/history_pb';
import { demandValid, planValidation } from '@guanxi/service-kit/validation';
import { customerHistory, type HistoryParts } from './customer.history.js';
import type { OwnCall } from './own.calls.js';

/** The rpc behind `GET /v1/customers/{account_id}/history`. */
export const customerHistoryCall = (parts: HistoryParts): readonly [DescMethod, OwnCall] => {
  planValidation([CustomerHistoryQueries]);
  const answer: OwnCall = async (body, headers) => {
    const request = fromBinary(ListCustomerHistoryRequestSchema, body);
    demandValid(ListCustomerHistoryRequestSchema, request);
    const { authorization, traceparent } = headers;
    const own = { ...(authorization && { authorization }), ...(traceparent && { traceparent }) };
    return toBinary(ListCustomerHistoryResponseSchema, await customerHistory(parts, request, own));
  };
  return [CustomerHistoryQueries.method.listCustomerHistory, answer];
};
