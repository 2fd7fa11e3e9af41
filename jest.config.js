/** jose, the MCP SDK and their like ship as ES modules only, so they pass through the same transform as our code. */
const esModulesOnly = ['jose', '@modelcontextprotocol', 'eventsource', 'eventsource-parser', 'pkce-challenge'].join(
  '|',
);

// Each test file that synthesises would start the CDK's check against AWS's own rules anew: 8 s. Those about it turn it on.
process.env.CDK_VALIDATION = 'false';

export const shared = {
  testEnvironment: 'node',
  testPathIgnorePatterns: ['/node_modules/', '\\.full\\.test\\.ts$'],
  // What is installed there has packages of its own, with names of their own.
  modulePathIgnorePatterns: ['<rootDir>/.local/', '<rootDir>/bench/mcp/node_modules/'],
  transform: {
    '\\.[cm]?[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esModulesOnly})/)`],
};

export const run = {
  // Most of a deployment into the emulator is waiting: more of them than there are cores may run at once.
  maxWorkers: 3,
  // What is quick alone may wait for a core while deployments run beside it. Jest reads this here only, not from a project.
  testTimeout: 30_000,
  reporters: ['default', '<rootDir>/test/support/closing-line.cjs'],
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
};

/**
 * Four layers: unit needs nothing, conformance runs the official MCP suite, which is downloaded once, infra synthesises the stacks,
 * local runs them in the emulator. All of it fits into ten minutes on two cores; what does not is in `jest.full.config.js`.
 */
export default {
  ...run,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/{auth,aws,bin,ci,cli,config,docs,lambda,services}/**/*.test.ts'],
    },
    { ...shared, displayName: 'conformance', testMatch: ['<rootDir>/test/conformance/**/*.test.ts'] },
    { ...shared, displayName: 'infra', testMatch: ['<rootDir>/test/lib/**/*.test.ts'] },
    { ...shared, displayName: 'local', testMatch: ['<rootDir>/test/local/**/*.test.ts'] },
  ],
};
