import { InvalidArgumentError } from 'commander';
import { EXIT } from '../cli/exit-codes.ts';
import { newProgram } from '../cli/program.ts';
import { quiltctl } from './ci/run.ts';

/** What a rollback job does: rolls back to a revision and asks the canary once more, or shows what would change. */
const { environment, to, dryRun } = newProgram(
  'npm run ci:rollback --',
  'Rolls an environment back to a revision, then checks it; the exit code is that of what failed first.',
)
  .requiredOption('--environment <name>', 'environment to roll back')
  .requiredOption('--to <number>', 'the revision; bin/quiltctl history shows their numbers', revisionNumber)
  .option('--dry-run', 'show what would change, but change nothing', false)
  .parse()
  .opts<{ environment: string; to: string; dryRun: boolean }>();

const where = ['--environment', environment];
const rolledBack = await quiltctl('rollback', to, ...where, ...(dryRun ? ['--dry-run'] : []));
process.exitCode = rolledBack === EXIT.done && !dryRun ? await quiltctl('canary', ...where) : rolledBack;

/** Checked here too: as an argument of another command, a text that begins with -- would be an option of it. */
function revisionNumber(text: string): string {
  if (/^[1-9]\d{0,8}$/.test(text)) return text;
  throw new InvalidArgumentError('Write the number of a revision.');
}
