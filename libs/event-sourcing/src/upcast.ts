import { Rejection } from './rejection.js';

type Json = Record<string, unknown>;

/** Lifts an event's data from one schema version to the next: a new object, plain proto3 JSON. Pure. */
export type Upcast = (data: Json) => Json;

/** By full name of the event: the n-th entry (1, 2, …) lifts schema version n to n + 1. Events that never changed are not named. */
export type Upcasters = Readonly<Record<string, readonly Upcast[]>>;

/** The schema version in which this build writes an event. */
export const schemaVersionOf = (upcasters: Upcasters, type: string): number => 1 + (upcasters[type]?.length ?? 0);

/**
 * Data of any version up to this build's, as this build's.
 * @throws Rejection unavailable where a newer build wrote it
 */
export const upcast = (upcasters: Upcasters, type: string, version: number, data: Json): Json => {
  const steps = upcasters[type] ?? [];
  if (version > steps.length + 1) throw newerHistory(`${type} has schema version ${version}, this build knows ${steps.length + 1}.`);
  return steps.slice(version - 1).reduce((older, step) => step(older), data);
};

/** Another build wrote what this one cannot read: its replicas answer, this one says so. */
export const newerHistory = (detail: string): Rejection => new Rejection('newer-history', 'unavailable', detail);
