import { getOption, hasOption, ScalarType, type DescField } from '@bufbuild/protobuf';
import { personal, PersonalData_ClassSchema } from './guanxi/common/v1/personal_pb.js';
import type { PersonalDataClass } from './guanxi/common/v1/personal.js';

/** Can the field hold text or bytes of any kind? Ids, enums, numbers, instants and our own messages cannot. */
const isFree = (field: DescField): boolean => {
  if (field.fieldKind === 'map' && field.mapKey === ScalarType.STRING) return true;
  if (field.message)
    return !field.message.typeName.startsWith('guanxi.') && !/^google\.protobuf\.(Timestamp|Duration|Empty)$/.test(field.message.typeName);
  if (field.scalar !== ScalarType.STRING && field.scalar !== ScalarType.BYTES) return false;
  return !field.name.endsWith('_id');
};

/** What a field's value says of a living person (architecture.md §7); undefined where the contract fails to say it. */
export const personalClass = (field: DescField): PersonalDataClass | undefined => {
  const stated = hasOption(field, personal) ? PersonalData_ClassSchema.value[getOption(field, personal)]?.name : undefined;
  if (stated && stated !== 'CLASS_UNSPECIFIED') return stated as PersonalDataClass;
  return isFree(field) ? undefined : 'NONE';
};
