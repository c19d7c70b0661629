import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { ImportFault } from './fault.js';

/** A place in a command's JSON. */
export interface Target {
  /** In the contract's names: `lines.amount_minor`. */
  readonly name: string;
  readonly field: DescField;
  /** Puts a value there, making what is on the way. */
  readonly put: (request: Record<string, unknown>, value: unknown) => void;
}

const externalRef = 'guanxi.common.v1.ExternalRef';
const timestamp = 'google.protobuf.Timestamp';

/** Is the field a reference to a thing of another system, written `system:id`? */
export const isRef = (field: DescField): boolean => field.message?.typeName === externalRef;

/** Is the field an instant? */
export const isInstant = (field: DescField): boolean => field.message?.typeName === timestamp;

/** Does the field hold money in minor units? */
export const isMoney = (field: DescField): boolean => field.name.endsWith('_minor');

const find = (desc: DescMessage, name: string): DescField | undefined =>
  desc.fields.find((it) => it.name === name || it.jsonName === name || it.name === `${name}_minor` || it.jsonName === `${name}Minor`);

type Holder = Record<string, unknown>;

/** The message that a field holds; of a list its only element. */
const enter = (field: DescField): ((holder: Holder) => Holder) => {
  const { jsonName } = field;
  return field.fieldKind === 'list' ? (holder) => ((holder[jsonName] ??= [{}]) as Holder[])[0]! : (holder) => (holder[jsonName] ??= {}) as Holder;
};

/**
 * Finds a field of a command by its path: `lines.product`, `external_ref.id`, `orderedAt`. Money may leave out `_minor`; an
 * external reference may be named whole. Undefined where the command has no such field.
 * @throws ImportFault where the path ends in a message
 */
export const target = (command: DescMessage, path: string): Target | undefined => {
  const segments = path.split('.');
  const steps: DescField[] = [];
  for (let desc: DescMessage | undefined = command; steps.length < segments.length; desc = steps.at(-1)?.message) {
    const field = desc && find(desc, segments[steps.length] ?? '');
    if (!field) return undefined;
    steps.push(field);
  }
  const field = steps.at(-1)!;
  if (field.fieldKind === 'map') throw new ImportFault(`${path} cannot be filled from a file.`);
  if (field.message && !isRef(field) && !isInstant(field)) {
    throw new ImportFault(`${path} has fields of its own; name one: ${field.message.fields.map((it) => `${path}.${it.name}`).join(', ')}.`);
  }
  const way = steps.slice(0, -1).map(enter);
  const { jsonName, fieldKind } = field;
  const put: Target['put'] = (request, value) => {
    way.reduce((holder: Holder, next) => next(holder), request)[jsonName] = fieldKind === 'list' ? [value] : value;
  };
  return { name: steps.map((it) => it.name).join('.'), field, put };
};
