/** Why a service does not start: one line that names everything to put right. Never holds the value of a variable. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly problems: readonly string[];

  /** @param problems what is wrong, where and what to do; one entry each, without line breaks */
  constructor(problems: readonly string[]) {
    super(problems.join(' | ').replace(/\s+/g, ' '));
    this.problems = problems;
  }
}
