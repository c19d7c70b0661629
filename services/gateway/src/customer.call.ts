import { fromBinary, toBinary, type DescMethod } from '@bufbuild/protobuf';
import { CustomerPageQueries, CustomerSchema, GetCustomerPageRequestSchema } from '@guanxi/contracts/guanxi/gateway/v1/customer_pb';
import type { Verify } from '@guanxi/service-kit/auth';
import { demandValid, planValidation } from '@guanxi/service-kit/validation';
import { customerPage, type PageParts } from './customer.page.js';
import type { OwnCall } from './own.calls.js';

/** The rpc behind `GET /v1/customers/{account_id}`. */
export const customerCall = (parts: PageParts, verify: Verify): readonly [DescMethod, OwnCall] => {
  planValidation([CustomerPageQueries]);
  const answer: OwnCall = async (body, headers) => {
    const request = fromBinary(GetCustomerPageRequestSchema, body);
    demandValid(GetCustomerPageRequestSchema, request);
    const { authorization, traceparent, 'as-of': asOf } = headers;
    const principal = await verify(authorization);
    // Neither key nor version of the request are about what the services are asked.
    const own = { ...(authorization && { authorization }), ...(traceparent && { traceparent }), ...(asOf && { 'as-of': asOf }) };
    return toBinary(CustomerSchema, await customerPage(parts, request.accountId.toLowerCase(), principal, own));
  };
  return [CustomerPageQueries.method.getCustomerPage, answer];
};
