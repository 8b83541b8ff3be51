// Who may know whom: the rule of docs/architecture.md, checked by `npm run lint`.
const room = (name, reason, allowed) => ({
  name: `${name}-knows-only-its-neighbours`,
  comment: reason,
  severity: 'error',
  from: { path: `^${name}/`, pathNot: '\\.test\\.tsx?$' },
  to: {
    path: '^(domain|drivers|main|renderer|kiosk-config|platform|tests|scripts)/',
    pathNot: [`^${name}/`, ...allowed],
  },
});

module.exports = {
  forbidden: [
    room('domain', 'pure words and rules', []),
    room('drivers', 'protocols over injected transports', ['^domain/']),
    room('kiosk-config', 'schemas and defaults', ['^domain/']),
    room('platform', 'the reference platform knows only the words', ['^domain/']),
    room('main', 'the core composes drivers, configuration and words', [
      '^domain/',
      '^drivers/',
      '^kiosk-config/',
    ]),
    room('renderer', 'the page knows the contract and the words', ['^domain/', '^main/contract/']),
    {
      name: 'contract-knows-only-domain',
      comment: 'what the page may ask must load in a browser',
      severity: 'error',
      from: { path: '^main/contract/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^((drivers|renderer|kiosk-config|platform|tests|scripts)/|main/(?!contract/))',
      },
    },
    {
      name: 'shell-knows-no-room',
      comment: 'a locked window: the core that it starts is the same under both shells',
      severity: 'error',
      from: { path: '^main/shell/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^((domain|drivers|renderer|kiosk-config|platform|tests|scripts)/|main/(?!shell/))',
      },
    },
    {
      name: 'domain-needs-no-host',
      comment: 'domain runs anywhere: no Node, no DOM, no packages',
      severity: 'error',
      from: { path: '^domain/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'] },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|out|data|coverage)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.json'] },
  },
};
