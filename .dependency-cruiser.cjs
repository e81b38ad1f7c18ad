// The import rule. This table is the law (docs/architecture.md explains it): a folder may import itself and what is
// listed, nothing else. It is an allow-list: a new folder is forbidden until it stands here.
const floors = {
  domain: [],
  platform: [],
  scim: [],
  ports: ['domain', 'scim'],
  contract: ['domain'],
  engine: ['ports', 'domain', 'platform'],
  connectors: ['ports', 'scim', 'domain', 'platform'],
  storage: ['ports', 'scim', 'domain', 'platform'],
  notify: ['ports', 'domain', 'platform'],
  app: ['engine', 'ports', 'contract', 'scim', 'domain', 'platform'],
  http: ['app', 'contract', 'scim', 'domain', 'platform'],
  cli: ['contract', 'domain', 'platform'],
  web: ['contract', 'domain'],
  sandbox: ['scim', 'platform'],
  program: [
    ...['http', 'cli', 'app', 'engine', 'connectors', 'storage', 'notify', 'sandbox', 'ports', 'contract', 'scim'],
    ...['domain', 'platform'],
  ],
}

const tests = '\\.test\\.ts$'

const floorRules = Object.entries(floors).flatMap(([floor, mayUse]) => [
  {
    name: `floor-${floor}`,
    severity: 'error',
    comment: 'docs/architecture.md says why',
    from: { path: `^src/${floor}/`, pathNot: tests },
    to: { path: '^src/', pathNot: `^src/(${[floor, ...mayUse].join('|')})/` },
  },
  {
    name: `floor-${floor}-tests`,
    severity: 'error',
    comment: 'a test may use, besides its own row, the sandbox',
    from: { path: `^src/${floor}/.*${tests}` },
    to: { path: '^src/', pathNot: `^src/(${[floor, 'sandbox', ...mayUse].join('|')})/` },
  },
])

module.exports = {
  forbidden: [
    ...floorRules,
    {
      name: 'only-known-folders',
      severity: 'error',
      comment: 'a new folder below src needs a row in the table',
      from: { path: '^src/', pathNot: `^src/(${Object.keys(floors).join('|')})/|^src/main\\.ts$` },
      to: {},
    },
    { name: 'no-circle', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'connectors-are-strangers',
      severity: 'error',
      comment: 'a connector never imports another connector',
      from: { path: '^src/connectors/(sources|targets)/([^/]+)/' },
      to: { path: '^src/connectors/(sources|targets)/', pathNot: '^src/connectors/$1/$2/' },
    },
    {
      name: 'kit-knows-no-connector',
      severity: 'error',
      from: { path: '^src/connectors/kit/' },
      to: { path: '^src/connectors/(sources|targets)/' },
    },
    {
      name: 'pg-only-in-storage',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/storage/' },
      to: { path: 'node_modules/(pg|kysely|@electric-sql|pg-boss)/' },
    },
    {
      name: 'fastify-only-in-http',
      severity: 'error',
      comment: 'the sandbox is a server of its own',
      from: { path: '^src/', pathNot: '^src/(http|sandbox)/' },
      to: { path: 'node_modules/(fastify|@fastify)/' },
    },
    {
      name: 'react-only-in-web',
      severity: 'error',
      comment: 'the console runs in a browser, and nothing of a browser runs on the server',
      from: { path: '^src/', pathNot: '^src/web/' },
      to: { path: 'node_modules/(react|react-dom|@mantine|@tanstack)/' },
    },
    {
      name: 'web-runs-in-a-browser',
      severity: 'error',
      from: { path: '^src/web/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'ldapts-only-in-its-source',
      severity: 'error',
      comment: 'a test of the sandbox may let it ask as a client of somebody else',
      from: { path: '^src/', pathNot: `^src/connectors/sources/ldap/|^src/sandbox/.*${tests}` },
      to: { path: 'node_modules/ldapts/' },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'no I/O: zod, re2js and croner are its only libraries',
      from: { path: '^src/domain/', pathNot: tests },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional'], pathNot: 'node_modules/(zod|re2js|croner)/' },
    },
    {
      name: 'product-imports-no-test',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: { path: '^(test|bench|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.json'] },
  },
}
