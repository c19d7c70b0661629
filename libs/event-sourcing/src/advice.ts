import type { Of } from '@guanxi/contracts/of';
import type { DescService } from '@bufbuild/protobuf';
import type { AnyView, View } from './view.js';

/** What a command's answer warns of (`Committed.warnings`). */
export interface Warning {
  readonly slug: string;
  readonly detail: string;
  readonly ids: readonly string[];
}

/** A look at one row of one view before a command is decided; it warns and never refuses, so the row may be a little old. */
export interface Advice {
  readonly commands: DescService;
  readonly method: string;
  readonly view: AnyView;
  readonly key: (command: never) => string | undefined;
  readonly warn: (row: never, command: never, id: string) => readonly Warning[];
}

/** Declares what to look at before a command: `advice(AccountCommands, 'registerAccount', namesView, { key, warn })`. */
export const advice = <C, K extends keyof C & string, R>(
  commands: Of<C, DescService>,
  method: K,
  view: View<R>,
  it: { key: (command: C[K]) => string | undefined; warn: (row: R, command: C[K], id: string) => readonly Warning[] },
): Advice => ({ commands, method, view, key: it.key, warn: it.warn });
