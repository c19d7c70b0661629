import type { Command } from '@guanxi/contracts/services';
import { namedId, namedStream } from '@guanxi/event-sourcing/target';
import type { JsonObject } from './json.reader.js';

/** `OrderCommands` → `order`: whose commands they are. */
const streamOf = ({ service }: Command): string => service.name.charAt(0).toLowerCase() + service.name.slice(1).replace(/Commands$/, '');

/**
 * What a command (canonical JSON) names, as ids: the account, and the thing that it is about. A reference counts as the id that
 * it stands for, as in the service itself.
 * @throws Rejection `ref-mismatch`
 */
export const namesOf = (command: Command, request: JsonObject, namespace: string): string[] => {
  const names = [namedId(namespace, 'account', request), namedStream(namespace, streamOf(command), request)];
  return [...new Set(names.filter((it) => it !== undefined))];
};
