import type { DescMessage, DescService } from '@bufbuild/protobuf';
import type { Of, OneOf } from '@guanxi/contracts/of';
import type { AnyView, Meta, View } from './view.js';

/** A command that a policy wants, now or at a time (RFC 3339 UTC). */
export interface Wish<C> {
  readonly at?: string;
  readonly command: OneOf<C>;
}

/** One event's answer: the row as it stands after that event → commands of this service. Pure. */
export type React<R, P, C> = (row: R | undefined, event: P, meta: Meta) => readonly Wish<C>[];

/** Everything that is known of a policy: its name, its view, and what it does at which events. */
export interface Policy {
  readonly name: string;
  readonly commands: DescService;
  /** Whose row it sees, and in whose projector it runs. */
  readonly view: AnyView;
  readonly sources: readonly {
    readonly events: DescMessage;
    readonly reacts: { readonly [name: string]: React<unknown, unknown, unknown> | undefined };
  }[];
}

/** A policy while its sources are being named. */
export interface PolicyOf<R, C> extends Policy {
  /** The view must fold or key these events too; partial. */
  on<E>(events: Of<E, DescMessage>, reacts: { readonly [K in keyof E]?: React<R, E[K], C> }): PolicyOf<R, C>;
}

const withSource = <R, C>(name: string, commands: Of<C, DescService>, view: View<R>, sources: Policy['sources']): PolicyOf<R, C> => ({
  name,
  commands,
  view,
  sources,
  on: (events, reacts) =>
    withSource(name, commands, view, [...sources, { events, reacts: reacts as unknown as Policy['sources'][number]['reacts'] }]),
});

/** Declares a policy; its commands carry deterministic ids (name, event id, n), so a repeat has no effect. */
export const policy = <R, C>(name: string, commands: Of<C, DescService>, view: View<R>): PolicyOf<R, C> => withSource(name, commands, view, []);
