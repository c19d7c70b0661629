import type { DescMethod, DescService } from '@bufbuild/protobuf';
import { accessOf, type AccessPolicy } from '@guanxi/contracts/services';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import type { Principal } from './auth.js';

const closed: AccessPolicy = { open: false, internal: false, roles: [] };
const policies = new WeakMap<DescMethod, AccessPolicy>();

/** The rpc's access policy from its option; an rpc without one has none that anybody could meet. */
export const policyOf = (method: DescMethod): AccessPolicy => {
  const known = policies.get(method) ?? accessOf(method) ?? closed;
  policies.set(method, known);
  return known;
};

/** Rpcs without a policy, or with two at once (open, internal, roles): refused at the start. @throws Error that names them all */
export const demandPolicies = (services: readonly DescService[]): void => {
  const bad = services.flatMap((service) =>
    service.methods.filter((method) => policyOf(method) === closed).map((method) => `${service.typeName}/${method.name}`),
  );
  if (bad.length > 0) throw new Error(`no access policy (option (guanxi.common.v1.access)): ${bad.join(', ')}`);
};

/** The role in which this caller may do it: the first of the policy's that the token carries. @throws Rejection forbidden */
export const roleFor = (principal: Principal, policy: AccessPolicy): string => {
  const role = policy.roles.find((it) => principal.roles.includes(it));
  if (role === undefined) throw new Rejection('forbidden', 'forbidden', 'None of the roles of this token may do this.');
  return role;
};
