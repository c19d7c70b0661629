// For processes of a test's own: `node --experimental-transform-types --import test/typescript.mjs file.ts` runs the libs' sources as they are.
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';

const root = new URL('../', import.meta.url);

registerHooks({
  resolve(specifier, context, next) {
    const [, lib, path] = /^@guanxi\/([^/]+)\/(.+)$/.exec(specifier) ?? [];
    if (lib) return next(new URL(`libs/${lib}/src/${path}.ts`, root).href, context);
    const source =
      specifier.startsWith('.') && context.parentURL?.endsWith('.ts') ? new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL) : undefined;
    return next(source && existsSync(source) ? source.href : specifier, context);
  },
});
