import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { DescMethod } from '@bufbuild/protobuf';
import type { Principal, Verify } from './auth.js';
import { policyOf, roleFor } from './access.js';
import type { CallMetadata } from './caller.js';
import { verifyCall } from './vouched.js';

/** Who was let in, and in which role. */
export interface Admission {
  readonly principal: Principal;
  readonly role: string;
}

const nobody: Admission = { principal: { subject: 'anonymous', kind: 'CUSTOMER', roles: [], segment: 'default' }, role: '' };

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- Nest hands over the bare function
const rpcs = new WeakMap<Function, DescMethod>();
const admissions = new WeakMap<CallMetadata, Admission>();

/** Tells the guard which rpc a generated handler serves. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- as above
export const serves = (handler: Function, method: DescMethod): void => {
  rpcs.set(handler, method);
};

/** Who is behind a call that the guard let through. */
export const admissionOf = (metadata: CallMetadata): Admission => {
  const admission = admissions.get(metadata);
  if (!admission) throw new Error('a handler ran without the guard');
  return admission;
};

/** Stands before every rpc, also before each call on the wire: a bearer token and a role as the contract's policy says; without a policy nobody. */
export class AccessGuard implements CanActivate {
  private readonly verify: ReturnType<typeof verifyCall>;

  constructor(verify: Verify) {
    this.verify = verifyCall(verify);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const method = rpcs.get(context.getHandler());
    if (!method) return false;
    const policy = policyOf(method);
    const metadata = context.getArgByIndex<CallMetadata>(1);
    if (policy.open) {
      admissions.set(metadata, nobody);
      return true;
    }
    const principal = await this.verify(metadata);
    admissions.set(metadata, { principal, role: roleFor(principal, policy) });
    return true;
  }
}
