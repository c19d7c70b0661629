import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { getComments } from '@bufbuild/protoplugin';

/** A document's text by its name; libs/contracts is built already. */
export type Documents = Readonly<Record<'openapi' | 'asyncapi' | 'titles', string>>;

const module = <T>(root: string, name: string): Promise<T> => import(join(root, `libs/contracts/dist/${name}.js`)) as Promise<T>;

/** The OpenAPI and the AsyncAPI document and the titles of events, from an image of `buf build`. */
export const documentsOf = async (root: string, image: string): Promise<Documents> => {
  const { openapi } = await module<typeof import('../libs/contracts/src/openapi.ts')>(root, 'openapi');
  const { asyncapi } = await module<typeof import('../libs/contracts/src/asyncapi.ts')>(root, 'asyncapi');
  const { titlesOf } = await module<typeof import('../libs/contracts/src/titles.ts')>(root, 'titles');
  const files = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(image)));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const comments: Parameters<typeof openapi>[1] = (desc) => (getComments(desc).leading ?? '').replaceAll(/^ /gm, '').trim();
  const text = (document: unknown): string => `${JSON.stringify(document, null, 1)}\n`;
  return {
    openapi: text(openapi(files, comments, version)),
    asyncapi: text(asyncapi(files, comments, version)),
    titles: text(titlesOf(files, comments)),
  };
};
