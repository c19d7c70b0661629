/** The run's last line, plain: `N passed, N failed, N skipped`. A suite that could not run counts as failed. */
export default class CountReporter {
  onRunComplete(_, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    // At the end of the process: Jest puts its own summary behind all reporters.
    process.once('exit', () => console.log(`\n${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped`));
  }
}
