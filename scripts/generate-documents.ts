import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { getComments } from '@bufbuild/protoplugin';

/** The OpenAPI document as text, from an image of `buf build`; libs/contracts is built already. */
export const openapiOf = async (root: string, image: string): Promise<string> => {
  const { openapi } = (await import(join(root, 'libs/contracts/dist/openapi.js'))) as typeof import('../libs/contracts/src/openapi.ts');
  const files = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(image)));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const document = openapi(files, (desc) => (getComments(desc).leading ?? '').replaceAll(/^ /gm, '').trim(), version);
  return `${JSON.stringify(document, null, 1)}\n`;
};
