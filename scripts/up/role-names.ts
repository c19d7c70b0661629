import { Trouble } from '../trouble.ts';

/** The roles of the contract (`guanxi.common.v1.Access.Role`). */
export const roleNames = async (): Promise<readonly string[]> => {
  const built = await import('@guanxi/contracts/guanxi/common/v1/access_pb').catch(() => undefined);
  if (!built) throw new Trouble('The house is not built yet. Start once: npm start.');
  return built.Access_RoleSchema.values.filter(({ number }) => number > 0).map(({ name }) => name);
};
