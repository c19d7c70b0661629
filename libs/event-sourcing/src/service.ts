import type { Advice } from './advice.js';
import type { AnyDecider } from './decider.js';
import type { Policy } from './policy.js';
import type { Upcasters } from './upcast.js';
import type { AnyView } from './view.js';

/** A service's table of contents. */
export interface ServiceDefinition {
  /** Also the source of its records (`/guanxi/<name>`), its topic and its database: `accounts`. */
  readonly name: string;
  readonly deciders: readonly AnyDecider[];
  readonly views: readonly AnyView[];
  readonly policies?: readonly Policy[];
  readonly advice?: readonly Advice[];
  /** How events of older schema versions are read. */
  readonly upcasters?: Upcasters;
}
