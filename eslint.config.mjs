import tseslint from 'typescript-eslint';
import { documented } from './scripts/lint/documented.mjs';

const pure = ['**/*.decider.ts', '**/*.view.ts', '**/*.policy.ts', '**/*.rules.ts'];
const stripped = ['scripts/**/*.ts', 'bench/**/*.ts', 'docs/examples/**/*.ts'];
const typed = ['**/*.ts'];

const needsClockOrChance = 'Deciders, views and policies are pure: time, ids and chance come in as arguments.';
const erasable = 'Node strips types here and emits nothing: only erasable syntax.';

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      '**/node_modules/',
      '.nx/',
      '.guanxi*/',
      'coverage/',
      'libs/contracts/src/{guanxi,google,buf}/',
      'libs/contracts/documents/',
    ],
  },
  { files: typed, extends: [tseslint.configs.recommendedTypeChecked] },
  {
    files: typed,
    languageOptions: { parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines': ['error', { max: 250 }],
      complexity: ['error', 12],
      'max-depth': ['error', 4],
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    },
  },
  { files: ['scripts/**', 'bench/**', 'docs/**', 'test/**', '**/testing/**'], rules: { 'no-console': 'off' } },
  {
    files: ['libs/*/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    plugins: { guanxi: { rules: { documented } } },
    rules: { 'guanxi/documented': 'error' },
  },
  {
    files: pure,
    rules: {
      'no-restricted-globals': [
        'error',
        ...['Date', 'process', 'performance', 'crypto', 'fetch', 'setTimeout', 'setInterval', 'console'].map((name) => ({
          name,
          message: needsClockOrChance,
        })),
      ],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: needsClockOrChance }],
      'no-restricted-syntax': [
        'error',
        ...[':function[async=true]', 'AwaitExpression', 'ForOfStatement[await=true]'].map((selector) => ({ selector, message: needsClockOrChance })),
      ],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*', '@nestjs/*', 'pg', 'typeorm', 'rxjs', 'kafkajs'], message: needsClockOrChance }] },
      ],
    },
  },
  {
    files: stripped,
    rules: {
      'no-restricted-syntax': [
        'error',
        ...['TSParameterProperty', 'TSEnumDeclaration', 'Decorator', 'TSModuleDeclaration'].map((selector) => ({ selector, message: erasable })),
      ],
    },
  },
  {
    files: ['**/*.spec.ts'],
    rules: {
      // `expect.objectContaining` and JSON answers are `any` by nature.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
);
