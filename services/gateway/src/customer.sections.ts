import type { DescMethod } from '@bufbuild/protobuf';
import { contracts } from '@guanxi/contracts/services';
import { policyOf } from '@guanxi/service-kit/access';
import type { Principal } from '@guanxi/service-kit/auth';

/** The sections of the page of one customer, and the service that each one is of. */
export const sections = {
  account: 'accounts',
  interactions: 'interactions',
  complaints: 'complaints',
  loyalty: 'loyalty',
  privacy: 'privacy',
} as const;

export type Section = keyof typeof sections;

export const sectionNames = Object.keys(sections) as readonly Section[];

const rpc = (section: Section): DescMethod => {
  const name = `guanxi.${sections[section]}.v1.CustomerQueries`;
  const method = contracts.services.get(name)?.method['getCustomer'];
  if (!method) throw new Error(`the contracts have no ${name}.GetCustomer`);
  return method;
};

/** The rpc that gives a section, by section. */
export const sectionRpcs = Object.fromEntries(sectionNames.map((section) => [section, rpc(section)])) as Readonly<Record<Section, DescMethod>>;

/** The rule that keeps somebody from a section; undefined where they may see it. */
export const ruleAgainst = (section: Section, { roles: has }: Principal): string | undefined => {
  const { roles } = policyOf(sectionRpcs[section]);
  return roles.some((role) => has.includes(role)) ? undefined : `needs one of the roles ${roles.join(', ')}`;
};
