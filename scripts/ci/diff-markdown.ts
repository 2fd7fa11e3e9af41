/** GitHub takes 65,536 characters in a comment; the rest of the page is short. */
const MAX_CHARACTERS = 60_000;

const STACK = /^Stack (?<id>\S+) \(/;
const NO_DIFFERENCES = 'There were no differences';

/**
 * What `cdk diff` says, as a page for a pull request: which stacks differ, and how.
 *
 * @param environment - of the comparison; a comment of the same environment begins with the same line
 * @param output - of the CDK CLI, without colours
 */
export function diffMarkdown(environment: string, output: string): string {
  const text = output.trim();
  const { differ, same } = stacksOf(text);
  const count = differ.length + same.length;
  return [
    markerOf(environment),
    `### cdk diff: ${environment}`,
    '',
    summaryOf(differ, count),
    '',
    ...(differ.length === 0 && count > 0
      ? []
      : ['<details><summary>What changes</summary>', '', ...fenced(text), '', '</details>', '']),
  ].join('\n');
}

/** In words; without a stack that was understood nothing is claimed. */
function summaryOf(differ: readonly string[], count: number): string {
  if (count === 0) return 'The output of the CDK names no stack:';
  if (differ.length === 0) return `None of ${count} stacks differs.`;
  return `${differ.length} of ${count} stacks differ: ${differ.join(', ')}.`;
}

/** The line by which a comment is found again. */
function markerOf(environment: string): string {
  return `<!-- quiltctl cdk diff: ${environment} -->`;
}

function stacksOf(text: string): { readonly differ: readonly string[]; readonly same: readonly string[] } {
  const differ: string[] = [];
  const same: string[] = [];
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const { id } = STACK.exec(line)?.groups ?? {};
    if (id === undefined) continue;
    (lines[index + 1]?.startsWith(NO_DIFFERENCES) ? same : differ).push(id);
  }
  return { differ, same };
}

/** A fence that is longer than any inside cannot be closed by what a template says. */
function fenced(text: string): readonly string[] {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return text.length <= MAX_CHARACTERS
    ? [fence, text, fence]
    : [fence, text.slice(0, MAX_CHARACTERS), fence, '', 'Truncated here; the job log has the whole output.'];
}
