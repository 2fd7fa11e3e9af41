/** jose, the MCP SDK and their like ship as ES modules only, so they pass through the same transform as our code. */
const esModulesOnly = ['jose', '@modelcontextprotocol', 'eventsource', 'eventsource-parser', 'pkce-challenge'].join(
  '|',
);

const shared = {
  // What is quick alone may wait for a core while deployments run beside it.
  testTimeout: 30_000,
  testEnvironment: 'node',
  transform: {
    '\\.[cm]?[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esModulesOnly})/)`],
};

/** Three layers: unit needs nothing, infra synthesises the stacks, local runs them in the emulator. */
export default {
  // Most of a deployment into the emulator is waiting: more of them than there are cores may run at once.
  maxWorkers: 3,
  reporters: ['default', '<rootDir>/test/support/closing-line.cjs'],
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/{auth,bin,ci,cli,config,lambda,services}/**/*.test.ts'],
    },
    { ...shared, displayName: 'infra', testMatch: ['<rootDir>/test/lib/**/*.test.ts'] },
    { ...shared, displayName: 'local', testMatch: ['<rootDir>/test/local/**/*.test.ts'] },
  ],
};
