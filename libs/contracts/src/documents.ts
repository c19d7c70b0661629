import { readFileSync } from 'node:fs';

const text = (name: string): string => readFileSync(new URL(`../documents/${name}.json`, import.meta.url), 'utf8');

/** The OpenAPI 3.1 document as JSON text, made by `npm run generate`. @throws Error where it was not generated */
export const openapiText = (): string => text('openapi');

/** The titles of events (`Titles`) as JSON text, made by `npm run generate`. @throws Error where they were not generated */
export const titlesText = (): string => text('titles');

/** The AsyncAPI 3 document as JSON text, made by `npm run generate`. @throws Error where it was not generated */
export const asyncapiText = (): string => text('asyncapi');
