import { readFileSync } from 'node:fs';

const text = (name: string): string => readFileSync(new URL(`../documents/${name}.json`, import.meta.url), 'utf8');

/** The OpenAPI 3.1 document as JSON text, made by `npm run generate`. @throws Error where it was not generated */
export const openapiText = (): string => text('openapi');

/** The AsyncAPI 3 document as JSON text, made by `npm run generate`. @throws Error where it was not generated */
export const asyncapiText = (): string => text('asyncapi');
