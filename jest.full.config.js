import { run, shared } from './jest.config.js';

/**
 * `npm run test:all`: the longer variant of tests that `npm test` has in a shorter one, and nothing that is there already. Every
 * behaviour has its test there; here it is tried more often.
 */
export default {
  ...run,
  projects: [
    {
      ...shared,
      displayName: 'full',
      testMatch: ['<rootDir>/test/**/*.full.test.ts'],
      testPathIgnorePatterns: ['/node_modules/'],
    },
  ],
};
