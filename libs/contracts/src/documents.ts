import { readFileSync } from 'node:fs';

/** The OpenAPI 3.1 document as JSON text, made by `npm run generate`. @throws Error where it was not generated */
export const openapiText = (): string => readFileSync(new URL('../documents/openapi.json', import.meta.url), 'utf8');
