const lib = (...names) => `^libs/(${names.join('|')})/`;
const specs = '\\.(spec|int|bench)\\.ts$|/testing/';

/** Who may import whom (the house, architecture.md §3); `npm run check` also asserts that enough modules were seen. */
export default {
  forbidden: [
    // An edge that is only a type is gone at run time.
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'contracts-know-nobody',
      severity: 'error',
      from: { path: lib('contracts') },
      to: { path: ['^services/', lib('event-sourcing', 'messaging', 'protection', 'service-kit', 'importer')] },
    },
    {
      name: 'event-sourcing-knows-contracts-only',
      severity: 'error',
      from: { path: lib('event-sourcing') },
      to: { path: ['^services/', lib('messaging', 'protection', 'service-kit', 'importer')] },
    },
    {
      name: 'messaging-knows-contracts-and-event-sourcing-only',
      severity: 'error',
      from: { path: lib('messaging') },
      to: { path: ['^services/', lib('protection', 'service-kit', 'importer')] },
    },
    {
      name: 'protection-knows-contracts-and-event-sourcing-only',
      severity: 'error',
      from: { path: lib('protection') },
      to: { path: ['^services/', lib('messaging', 'service-kit', 'importer')] },
    },
    { name: 'service-kit-knows-no-service', severity: 'error', from: { path: lib('service-kit') }, to: { path: ['^services/', lib('importer')] } },
    {
      name: 'importer-knows-contracts-only',
      severity: 'error',
      from: { path: lib('importer') },
      to: { path: ['^services/', lib('event-sourcing', 'messaging', 'protection', 'service-kit')] },
    },
    {
      name: 'a-service-imports-no-service',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'only-the-service-kit-and-services-know-nest',
      severity: 'error',
      from: { path: '^libs/', pathNot: lib('service-kit') },
      to: { path: 'node_modules/(@nestjs|typeorm|nestjs-pino)/' },
    },
    {
      name: 'only-the-service-kit-and-services-know-opentelemetry',
      comment: 'The others call back; whoever listens makes spans and metrics of it.',
      severity: 'error',
      from: { path: '^libs/', pathNot: lib('service-kit') },
      to: { path: 'node_modules/@opentelemetry/' },
    },
    {
      name: 'event-sourcing-knows-no-bus',
      severity: 'error',
      from: { path: lib('event-sourcing') },
      to: { path: 'node_modules/kafkajs/' },
    },
    {
      name: 'deciders-views-and-policies-are-pure',
      comment: 'They import types, the pure core, and pure neighbours.',
      severity: 'error',
      from: { path: '^(services|libs/protection)/.*\\.(decider|view|policy|rules)\\.ts$' },
      to: {
        pathNot: [
          '^libs/contracts/src/',
          '^libs/event-sourcing/src/(decider|view|policy|advice|rejection|days|amount)\\.ts$',
          '^libs/protection/src/[^/]+\\.view\\.ts$',
          '^services/[^/]+/src/[^/]+\\.ts$',
        ],
      },
    },
    {
      name: 'what-is-shipped-needs-no-test',
      severity: 'error',
      from: { path: '^(libs|services)/[^/]+/src/', pathNot: specs },
      to: { path: [specs, '^(test|bench|scripts)/'] },
    },
    {
      name: 'what-is-shipped-is-a-dependency',
      severity: 'error',
      from: { path: '^(libs|services)/[^/]+/src/', pathNot: [specs, lib('contracts')] },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(libs|services)/[^/]+/dist/' },
    tsConfig: { fileName: 'tsconfig.check.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
