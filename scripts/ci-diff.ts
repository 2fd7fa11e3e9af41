import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureCdk } from '../cli/cdk.ts';
import { contextArguments } from '../cli/change/synthesis.ts';
import { CommandError, EXIT } from '../cli/exit-codes.ts';
import { newProgram } from '../cli/program.ts';
import { runCommand } from '../cli/run-command.ts';
import { findTarget } from '../cli/target.ts';
import { diffMarkdown } from './ci/diff-markdown.ts';

/** What the diff job does: compares an environment's templates with what is deployed, for people who review a change. */
const { environment, output } = newProgram(
  'npm run ci:diff --',
  'Prints what a deploy would change as Markdown, also into $GITHUB_STEP_SUMMARY.',
)
  .requiredOption('--environment <name>', 'environment to compare with')
  .option('--output <file>', 'write the Markdown into this file too')
  .parse()
  .opts<{ environment: string; output?: string }>();

process.exitCode = await runCommand(async () => {
  process.stderr.write('Synthesizing the stacks and comparing them with what is deployed …\n');
  const markdown = diffMarkdown(environment, await cdkDiff());
  process.stdout.write(markdown);
  if (output !== undefined) writeFileSync(output, markdown);
  if (process.env.GITHUB_STEP_SUMMARY) appendFileSync(process.env.GITHUB_STEP_SUMMARY, markdown);
  return EXIT.done;
});

/** Templates only: a change set would need the right to deploy. */
async function cdkDiff(): Promise<string> {
  const target = findTarget(environment);
  const directory = mkdtempSync(join(tmpdir(), 'quilt-diff-'));
  try {
    const how = ['--method', 'template', '--no-color', '--no-notices', '--output', directory];
    const args = ['diff', ...how, ...contextArguments(environment, target.context)];
    const { succeeded, text } = await captureCdk(args, target.variables);
    if (succeeded) return text;
    throw new CommandError(`cdk diff failed:\n${text.trim()}`, EXIT.unexpected);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
