import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

/** What is wrong with the environment: one line a fault, by variable and rule; never a value, since it may be a secret. */
export class ConfigFault extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The configuration has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigFault';
  }
}

const variableOf = (property: string): string => `GUANXI_${property.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

const propertyOf = (variable: string): string =>
  variable
    .slice('GUANXI_'.length)
    .toLowerCase()
    .replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/**
 * Reads `GUANXI_*` variables into a class checked by class-validator: `databaseUrl` is `GUANXI_DATABASE_URL`. An empty variable counts as unset.
 * @throws ConfigFault that lists every fault at once
 */
export const readConfig = <T extends object>(type: new () => T, env: NodeJS.ProcessEnv = process.env): T => {
  const given = Object.entries(env).filter(([name, value]) => name.startsWith('GUANXI_') && value !== undefined && value !== '');
  const plain = Object.fromEntries(given.map(([name, value]) => [propertyOf(name), value]));
  const config = plainToInstance(type, plain, { exposeDefaultValues: true });
  const errors = validateSync(config, { whitelist: true, stopAtFirstError: true, validationError: { target: false, value: false } });
  if (errors.length === 0) return config;
  throw new ConfigFault(
    errors.flatMap(({ property, constraints = {} }) => {
      const missing = !(property in plain);
      return Object.entries(constraints).map(([rule, message]) =>
        missing ? `${variableOf(property)} is not set (${rule})` : `${variableOf(property)} ${message.replace(`${property} `, '')} (${rule})`,
      );
    }),
  );
};

/** Like `readConfig`, but a fault ends the process with code 1 and a word on stderr. */
export const configOrExit = <T extends object>(type: new () => T): T => {
  try {
    return readConfig(type);
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
};
