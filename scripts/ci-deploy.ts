import { EXIT } from '../cli/exit-codes.ts';
import { newProgram } from '../cli/program.ts';
import { inEnvironment } from './ci/in-environment.ts';
import { quiltctl } from './ci/run.ts';

/** What a deploy job does: deploys, and asks the canary once more, from where the job runs. */
const { environment } = newProgram(
  'npm run ci:deploy --',
  'Deploys an environment, then checks it; the exit code is that of what failed first.',
)
  .requiredOption('--environment <name>', 'environment to deploy; a local one is started when none runs')
  .parse()
  .opts<{ environment: string }>();

process.exitCode = await inEnvironment(environment, async () => {
  const deployed = await quiltctl('deploy', '--environment', environment);
  return deployed === EXIT.done ? quiltctl('canary', '--environment', environment) : deployed;
});
