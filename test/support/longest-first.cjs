const { default: Sequencer } = require('@jest/test-sequencer');

/** Deploys more than once, or lets a rotation take its time: what begins last would be waited for alone. */
const LONGEST_FIRST = ['rotation', 'deploy-gate', 'revisions', 'npm-start', 'deployed'];

/** On a fresh clone, where Jest knows no durations, it begins with the largest files, and those of the local run are not. */
class LongestFirst extends Sequencer {
  sort(tests) {
    const rankOf = ({ path, context }) => {
      if (context.config.displayName?.name !== 'local') return 2 * LONGEST_FIRST.length;
      const index = LONGEST_FIRST.findIndex((name) => path.endsWith(`/${name}.test.ts`));
      return index < 0 ? LONGEST_FIRST.length : index;
    };
    return super.sort(tests).sort((a, b) => rankOf(a) - rankOf(b));
  }
}

module.exports = LongestFirst;
