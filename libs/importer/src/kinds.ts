import type { DescMessage } from '@bufbuild/protobuf';
import { contracts } from '@guanxi/contracts/services';
import { ImportFault } from './fault.js';

/** What a row of a file becomes. */
export interface Kind {
  /** Begins the idempotency keys: `import:order:cdnow:17`. */
  readonly name: string;
  /** The command's full name. */
  readonly command: string;
  /** Rows may register their customer on the way. */
  readonly registers?: true;
}

/** The command that registers a customer. */
export const registerAccount = 'guanxi.accounts.v1.RegisterAccount';

/** The command that makes a customer a member. */
export const enrol = 'guanxi.loyalty.v1.Enrol';

const kinds: readonly Kind[] = [
  { name: 'account', command: registerAccount },
  { name: 'order', command: 'guanxi.accounts.v1.RecordOrder', registers: true },
  { name: 'interaction', command: 'guanxi.interactions.v1.LogInteraction', registers: true },
  { name: 'complaint', command: 'guanxi.complaints.v1.ImportComplaint', registers: true },
];

/** Finds a kind by its name, in singular or plural. @throws ImportFault */
export const kindOf = (name: string): Kind => {
  const found = kinds.find((it) => it.name === name || `${it.name}s` === name);
  if (!found) throw new ImportFault(`There is no kind "${name}". Kinds: ${kinds.map((it) => `${it.name}s`).join(', ')}.`);
  return found;
};

/** The request of a command. */
export const requestOf = (command: string): DescMessage => {
  const found = contracts.commands.get(command);
  if (!found) throw new Error(`${command} is no command`);
  return found.method.input;
};
