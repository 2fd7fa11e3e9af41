import type { BuildOptions } from 'esbuild';

/** How scripts/build.mjs bundles a service, for programs of tests and benchmarks that are to run as the services do. */
export const BUNDLE_OPTIONS = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  mainFields: ['module', 'main'],
  // CommonJS dependencies call `require`, which an ES module does not have.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'error',
} satisfies BuildOptions;
