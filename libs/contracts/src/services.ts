import { getOption, hasOption, type DescFile, type DescMessage, type DescMethod, type DescService } from '@bufbuild/protobuf';
import { files } from './guanxi/files.js';
import { access, Access_RoleSchema } from './guanxi/common/v1/access_pb.js';
import type { AccessRole } from './guanxi/common/v1/access.js';

/** A wish: an rpc of a `…Commands` service. Its name is the request's full name, `guanxi.accounts.v1.RecordOrder`. */
export interface Command {
  readonly service: DescService;
  readonly method: DescMethod;
}

/** A fact: a case of an `…Event` message. */
export interface EventType {
  /** The payload. */
  readonly desc: DescMessage;
  /** The service that records it: `accounts`. */
  readonly source: string;
  /** The case's JSON name: `orderRecorded`. */
  readonly name: string;
  /** The message of cases: `OrderEvent`. */
  readonly events: DescMessage;
}

/** Everything that a set of contract files declares, by full name. */
export interface Registry {
  readonly services: ReadonlyMap<string, DescService>;
  readonly commands: ReadonlyMap<string, Command>;
  readonly events: ReadonlyMap<string, EventType>;
  /** Messages of cases by the service that records them. */
  readonly eventsOf: (source: string) => readonly DescMessage[];
}

/** The service that a contract belongs to: the second segment of its full name. `common` is nobody's own. */
export const sourceOf = (desc: { readonly typeName: string }): string => desc.typeName.split('.')[1] ?? '';

/** Is this a service of commands? All others are queries or the kit's own. */
export const isCommands = (service: DescService): boolean => service.name.endsWith('Commands');

const isEvents = (message: DescMessage): boolean =>
  message.name.endsWith('Event') && message.oneofs.length === 1 && message.oneofs[0]?.name === 'event';

const put = <T>(map: Map<string, T>, key: string, value: T): void => {
  if (map.has(key)) throw new Error(`${key} is declared twice: one command or event belongs to one aggregate`);
  map.set(key, value);
};

/** Reads contract files. @throws Error where a command or an event belongs to two aggregates, or a case is not a message */
export const registry = (of: Iterable<DescFile>): Registry => {
  const services = new Map<string, DescService>();
  const commands = new Map<string, Command>();
  const events = new Map<string, EventType>();
  const sources = new Map<string, DescMessage[]>();
  for (const file of of) {
    for (const service of file.services) {
      put(services, service.typeName, service);
      if (isCommands(service)) for (const method of service.methods) put(commands, method.input.typeName, { service, method });
    }
    for (const message of file.messages.filter(isEvents)) {
      const source = sourceOf(message);
      sources.set(source, [...(sources.get(source) ?? []), message]);
      for (const field of message.fields) {
        if (!field.message || field.fieldKind !== 'message') throw new Error(`${field.toString()}: an event's case is a message`);
        put(events, field.message.typeName, { desc: field.message, source, name: field.jsonName, events: message });
      }
    }
  }
  return { services, commands, events, eventsOf: (source) => sources.get(source) ?? [] };
};

/** Everything under proto/guanxi. */
export const contracts: Registry = registry(files);

/** Who may call an rpc: nobody without a token unless `open`, nobody at all where `internal`, else a token with one of the roles. */
export interface AccessPolicy {
  readonly open: boolean;
  /** Only the service's own policies send it. */
  readonly internal: boolean;
  readonly roles: readonly AccessRole[];
}

/** The rpc's access policy; undefined where the contract fails to state one, and the rpc must be refused. */
export const accessOf = (method: DescMethod): AccessPolicy | undefined => {
  if (!hasOption(method, access)) return undefined;
  const { open, internal, roles } = getOption(method, access);
  const names = roles.map((role) => Access_RoleSchema.value[role]?.name as AccessRole);
  return [open, internal, names.length > 0].filter(Boolean).length === 1 ? { open, internal, roles: names } : undefined;
};
