import { ScalarType, type DescEnum, type DescField, type DescFile, type DescMessage, type DescMethod, type DescService } from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { itemRulesOf, rulesOf } from '../openapi.rules.js';
import { personalClass } from '../personal.js';
import { accessOf, isCommands } from '../services.js';

/** Lists that always answer with everything they have: a row a month, a row a restore. */
const shortLists = new Set([
  'guanxi.complaints.v1.ComplaintRateQueries.ListComplaintRates',
  'guanxi.common.v1.History.ListEpochs',
  'guanxi.common.v1.Rebuilds.ListGenerations',
]);
/** Each call on it is checked as if it had come alone. */
const checkedElsewhere = new Set(['guanxi.common.v1.Wire.Calls']);

const fullName = (method: DescMethod): string => `${method.parent.typeName}.${method.name}`;

const ofMethod = (method: DescMethod): string[] => {
  const faults: string[] = [];
  const fields = new Set(method.input.fields.map((it) => it.name));
  const pages =
    ['page_size', 'page_token', 'order_by'].every((it) => fields.has(it)) && method.output.fields.some((it) => it.name === 'next_page_token');
  if (!accessOf(method) && !checkedElsewhere.has(fullName(method))) faults.push(`rpc ${fullName(method)} has no access policy`);
  if (method.name.startsWith('List') && !pages && !shortLists.has(fullName(method))) faults.push(`rpc ${fullName(method)} has no paging`);
  return faults;
};

const ofService = (service: DescService): string[] => {
  const commands = isCommands(service) ? service.methods : [];
  return [
    ...service.methods.flatMap(ofMethod),
    ...commands.filter((it) => it.input.name !== it.name).map((it) => `rpc ${fullName(it)} does not take a message of its name`),
    ...commands.filter((it) => it.output.typeName !== 'guanxi.common.v1.Committed').map((it) => `rpc ${fullName(it)} does not answer Committed`),
    ...commands.flatMap((it) => boundless(it.input, new Set())),
  ];
};

const isBounded = (keywords: Record<string, unknown>): boolean =>
  Number(keywords['maxLength'] ?? Infinity) <= 32_768 || ['format', 'pattern', 'enum', 'const'].some((it) => it in keywords);

/** Texts and lists of a command that have no end. */
const boundless = (message: DescMessage, seen: Set<string>): string[] => {
  if (seen.has(message.typeName)) return [];
  seen.add(message.typeName);
  return message.fields.flatMap((field) => {
    const keywords = rulesOf(field).keywords;
    const isText = field.scalar === ScalarType.STRING;
    const faults: string[] = [];
    if (field.fieldKind === 'list' && !(Number(keywords['maxItems']) <= 2_000)) faults.push(`${field.toString()} may hold any number of items`);
    if (isText && !isBounded(field.fieldKind === 'list' ? itemRulesOf(field).keywords : keywords))
      faults.push(`${field.toString()} may be of any length`);
    return field.message?.typeName.startsWith('guanxi.') ? [...faults, ...boundless(field.message, seen)] : faults;
  });
};

const ofEnum = (desc: DescEnum): string[] => {
  const zero = desc.values[0];
  return [
    ...(desc.parent ? [] : [`enum ${desc.typeName} is not nested in the message that it describes`]),
    ...(zero?.number === 0 && zero.name === `${snake(desc.name)}_UNSPECIFIED`
      ? []
      : [`enum ${desc.typeName} does not begin with ${snake(desc.name)}_UNSPECIFIED`]),
  ];
};

const snake = (name: string): string => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();

const ofField = (field: DescField): string[] => (personalClass(field) ? [] : [`${field.toString()} has no personal-data class`]);

/** What these contract files do against the rules of the house, one sentence each. */
export const contractFaults = (files: Iterable<DescFile>): string[] =>
  [...files]
    .filter((file) => file.proto.package.startsWith('guanxi.'))
    .flatMap((file) =>
      [...nestedTypes(file)].flatMap((type) => {
        if (type.kind === 'message') return type.fields.flatMap(ofField);
        if (type.kind === 'enum') return ofEnum(type);
        return type.kind === 'service' ? ofService(type) : [];
      }),
    );
