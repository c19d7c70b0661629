import { filled, recordData } from '@guanxi/contracts/json';
import type { Entry } from './append.call.js';
import { keptAnswer, versionMismatch } from './answers.js';
import { caseOf, decide, evolve, type AnyDecider } from './decider.js';
import { casesOf } from './fold.js';
import { eventId, uuid7 } from './ids.js';
import type { Folded } from './loader.js';
import { partitionOf } from './partition.js';
import { writeRecord, type Draft } from './record.js';
import { schemaVersionOf, type Upcasters } from './upcast.js';
import type { Surrounding, Wish } from './wish.js';

/** What a service's records have in common. */
export interface Recording {
  /** The service's name: `accounts`. */
  readonly service: string;
  /** How many partitions its topic has, for ever. */
  readonly partitions: number;
  readonly upcasters: Upcasters;
}

/** A command decided on one version of its stream. */
export interface Decision {
  readonly drafts: readonly Draft[];
  readonly warnings: Surrounding['warnings'];
  /** The stream as it stands afterwards. */
  readonly after: Folded & { readonly key: string };
  /** Everything of the entry but the events' texts. */
  readonly entry: Omit<Entry, 'events'>;
}

const payloads = new WeakMap<AnyDecider, Map<string, ReturnType<ReturnType<typeof casesOf>['get']>>>();

const payloadOf = (decider: AnyDecider, name: string) => {
  const known = payloads.get(decider) ?? new Map([...casesOf(decider.events).values()].map((it) => [it.name, it]));
  payloads.set(decider, known);
  const found = known.get(name)?.payload;
  if (!found) throw new Error(`${decider.events.typeName} has no ${name}`);
  return found;
};

const keyOf = ({ decider, id, command }: Wish): string => {
  const { accountId } = command as { accountId?: string };
  return decider.stream === 'account' ? id : accountId || id;
};

/**
 * Decides a wish on its stream, checks each event strictly against the contract and folds it as it will be read. Pure but for new ids.
 * @throws Rejection as the rules say; JsonFaults where an event is not what the contract says, which is a fault of the decider
 */
export const decision = (wish: Wish, { context, warnings }: Surrounding, before: Folded, recording: Recording): Decision => {
  const { decider, method, command, caller, id, commandId, key: commandKey, hash } = wish;
  if (caller.ifMatch !== undefined && caller.ifMatch !== before.version) throw versionMismatch(before.version);
  const events = decide(decider, method, command, before.state, before.version, context);
  const key = before.key ?? keyOf(wish);
  const common = {
    customer: decider.stream === 'account' || key !== id ? key : undefined,
    segment: caller.segment || undefined,
    actor: caller.subject,
    actorkind: caller.kind,
    role: caller.role || undefined,
    command: wish.name,
    commandid: commandId,
    correlationid: caller.correlationId ?? commandId,
    causationid: caller.causationId,
    traceparent: caller.traceparent,
  };
  let { state, version } = before;
  const drafts = events.map((event, n): Draft => {
    const [name, given] = caseOf(event);
    const payload = payloadOf(decider, name);
    const data = recordData(payload, given);
    // What is stored is what is folded, also here: a state of this process equals one that was loaded.
    state = evolve(decider, state, name, filled(payload, JSON.parse(JSON.stringify(data)) as Record<string, unknown>));
    version += 1;
    return {
      id: commandKey ? eventId(commandId, n) : uuid7(),
      source: `/guanxi/${recording.service}`,
      type: payload.typeName,
      subject: `${decider.stream}/${id}`,
      streamversion: version,
      schemaversion: schemaVersionOf(recording.upcasters, payload.typeName),
      ...common,
      data,
    };
  });
  const stream = { id, type: decider.stream, key, partition: partitionOf(key, recording.partitions) };
  const answer = keptAnswer(id, version, warnings);
  return {
    drafts,
    warnings,
    after: { version, key, state, snapshot: before.snapshot },
    entry: { stream, expected: before.version, answer, key: commandKey, hash, traceparent: caller.traceparent },
  };
};

/** The entry of a decision; `drafts` are its own, perhaps sealed. */
export const entryOf = ({ entry }: Decision, drafts: readonly Draft[]): Entry => ({
  ...entry,
  events: drafts.map((draft) => ({ id: draft.id, type: draft.type, ...writeRecord(draft) })),
});
