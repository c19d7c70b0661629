/**
 * One thing wrong with a JSON document. `field` is a path in JSON names (`lines[2].amountMinor`, '' is the whole document),
 * `rule` is stable, `message` is a sentence for a person and never repeats the value.
 */
export interface Fault {
  readonly field: string;
  readonly rule: string;
  readonly message: string;
}

/** Thrown by the codec of json.ts: the document is not what the contract says. All faults at once, 20 at most. */
export class JsonFaults extends Error {
  readonly errors: readonly Fault[];

  constructor(errors: readonly Fault[]) {
    const shown = errors.slice(0, 20);
    super(shown.map((it) => `${it.field || 'the document'}: ${it.message}`).join('; '));
    this.name = 'JsonFaults';
    this.errors = shown;
  }

  /** Is a field or parameter stated that the contract does not know? REST answers 400 then, and 422 to all else. */
  get unknownField(): boolean {
    return this.errors.some((it) => it.rule.startsWith('unknown-'));
  }
}

/** What a reader returns instead of a value; paths grow while it travels up, so a good document pays nothing for them. */
export class Faulty {
  constructor(readonly faults: readonly Fault[]) {}

  /** The same faults, seen from the parent: `at` is `name` or `[3]`. */
  under(at: string): Fault[] {
    return this.faults.map((it) => ({ ...it, field: it.field === '' ? at : it.field.startsWith('[') ? at + it.field : `${at}.${it.field}` }));
  }
}

/** One fault at this very place. */
export const faulty = (rule: string, message: string): Faulty => new Faulty([{ field: '', rule, message }]);
