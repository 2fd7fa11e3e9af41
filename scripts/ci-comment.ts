import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { CommandError, EXIT } from '../cli/exit-codes.ts';
import { newProgram } from '../cli/program.ts';
import { runCommand } from '../cli/run-command.ts';

/** Puts a page into a pull request as one comment, which the next run replaces. Uses the `gh` CLI and its token. */
const { pullRequest, file } = newProgram(
  'npm run ci:comment --',
  'Puts a Markdown file into a pull request; a comment that begins with the same line is replaced.',
)
  .requiredOption('--pull-request <number>', 'its number')
  .requiredOption('--file <path>', 'Markdown, whose first line is an HTML comment that tells it from others')
  .parse()
  .opts<{ pullRequest: string; file: string }>();

interface Comment {
  readonly id: number;
  readonly body: string;
  readonly user: { readonly type: string };
}

process.exitCode = await runCommand(async () => {
  const repository = process.env.GITHUB_REPOSITORY;
  if (!repository || !/^\d+$/.test(pullRequest)) {
    throw new CommandError(
      'Give $GITHUB_REPOSITORY as owner/name, and --pull-request as a number.',
      EXIT.configuration,
    );
  }
  const [marker = ''] = readFileSync(file, 'utf8').split('\n', 1);
  if (!/^<!-- .+ -->$/.test(marker)) {
    throw new CommandError(
      `The first line of ${file} is no HTML comment, by which it would be found again.`,
      EXIT.configuration,
    );
  }
  const ofPullRequest = `repos/${repository}/issues/${pullRequest}/comments`;
  const pages: readonly (readonly Comment[])[] = JSON.parse(await gh(ofPullRequest, '--paginate', '--slurp'));
  // Of a bot: anybody else could begin a comment with the same line.
  const known = pages.flat().find(({ body, user }) => user.type === 'Bot' && body.startsWith(marker));
  if (known === undefined) await gh(ofPullRequest, '--method', 'POST', '--field', `body=@${file}`);
  else await gh(`repos/${repository}/issues/comments/${known.id}`, '--method', 'PATCH', '--field', `body=@${file}`);
  return EXIT.done;
});

async function gh(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('gh', ['api', ...args], { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}
