import { getOption, hasOption, type DescMethod, type DescService } from '@bufbuild/protobuf';
import { access, Access_Role } from '@guanxi/contracts/guanxi/common/v1/access_pb';
import { Rejection } from '@guanxi/event-sourcing/rejection';
import type { Principal } from './auth.js';

/** Who may call: one of these roles, or anybody. */
export interface Policy {
  readonly open: boolean;
  readonly roles: readonly string[];
}

const closed: Policy = { open: false, roles: [] };
const policies = new WeakMap<DescMethod, Policy>();

/** The rpc's access policy from its option; an rpc without one has none that anybody could meet. */
export const policyOf = (method: DescMethod): Policy => {
  let policy = policies.get(method);
  if (!policy) {
    const option = hasOption(method, access) ? getOption(method, access) : undefined;
    policy = option ? { open: option.open, roles: option.roles.map((role) => Access_Role[role]) } : closed;
    policies.set(method, policy);
  }
  return policy;
};

/** Rpcs that nobody could call, or everybody and somebody: refused at the start. @throws Error that names them all */
export const demandPolicies = (services: readonly DescService[]): void => {
  const bad = services.flatMap((service) =>
    service.methods
      .filter((method) => policyOf(method).open === policyOf(method).roles.length > 0)
      .map((method) => `${service.typeName}/${method.name}`),
  );
  if (bad.length > 0) throw new Error(`no access policy (option (guanxi.common.v1.access)): ${bad.join(', ')}`);
};

/** The role in which this caller may do it: the first of the policy's that the token carries. @throws Rejection forbidden */
export const roleFor = (principal: Principal, policy: Policy): string => {
  const role = policy.roles.find((it) => principal.roles.includes(it));
  if (role === undefined) throw new Rejection('forbidden', 'forbidden', 'None of the roles of this token may do this.');
  return role;
};
