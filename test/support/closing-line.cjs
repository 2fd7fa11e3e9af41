/** Prints the run's last line, which a build server reads: `N passed, N failed`. */
class ClosingLine {
  onRunComplete(_contexts, results) {
    // A suite that could not even load has no tests of its own to count.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    // Jest prints its own summary after every reporter, so this waits for the exit.
    process.once('exit', () => process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed\n`));
  }
}

module.exports = ClosingLine;
