import type { CdkFollower } from '../../cli/cdk.ts';
import { type Deployed, deploySynthesised } from '../../cli/change/deploy.ts';
import { synthesise } from '../../cli/change/synthesis.ts';
import { type AssemblyStack, readAssembly } from '../../cli/cloud-assembly.ts';
import { CommandError, EXIT, type ExitCode } from '../../cli/exit-codes.ts';
import { foundationValue } from '../../cli/foundation-values.ts';
import { RUN_DIRECTORY } from '../../cli/local/running.ts';
import { callerFindings } from '../../cli/preflight/caller.ts';
import { preflightClients } from '../../cli/preflight/clients.ts';
import { type ImageSources, imageFindings, imagesOf } from '../../cli/preflight/images.ts';
import { findTarget, type Target } from '../../cli/target.ts';
import type { LocalEnvironment } from './environment.ts';
import { runMark } from './leftovers.ts';

/** How a deploy ended, and the exit code of `bin/quiltctl deploy` for that. */
export interface LocalDeploy {
  readonly deploy: Deployed;
  readonly exitCode: ExitCode;
}

/**
 * Deploys the stacks into the environment of this process as `bin/quiltctl deploy` does, without its preflight: who deploys which commit
 * is recorded, and the deploy gate's verdict decides how it ended.
 *
 * @param onLine - gets each line of the CDK CLI
 * @param say - gets the name of each step
 * @throws CommandError when there is nothing to deploy
 */
export async function deployStacks(
  { assemblyDirectory: directory }: LocalEnvironment,
  { say, ...follower }: CdkFollower & { readonly say: (line: string) => void },
): Promise<LocalDeploy> {
  const found = findTarget('local');
  const target = { ...found, variables: { ...found.variables, ...runMark(RUN_DIRECTORY) } };
  const clients = preflightClients(target.clientSettings, target.hasImage);
  say('Synthesizing the stacks …');
  const { state, detail, remedy } = await synthesise('local', target, directory, follower);
  if (state !== 'ok') throw new CommandError(`The stacks cannot be synthesized: ${detail}. ${remedy}`, EXIT.unexpected);
  await requireImages(readAssembly(directory), target, clients);
  const [{ caller = '' }, table] = await Promise.all([
    callerFindings(clients.sts, target.config),
    foundationValue(clients.ssm, target.config.namePrefix, 'state-table-name'),
  ]);
  return deploySynthesised(
    { target, clients, directory, first: table === undefined, json: true, say, follower },
    caller,
  );
}

/** As the preflight: a task whose image is missing would say so in the log of the emulator only. */
async function requireImages(
  stacks: readonly AssemblyStack[],
  { config }: Target,
  clients: ImageSources,
): Promise<void> {
  const images = stacks.flatMap(({ template }) => imagesOf(template, config).given);
  const missing = (await imageFindings(images, clients)).find(({ state }) => state === 'failed');
  if (missing === undefined) return;
  const { about, detail, remedy, exitCode = EXIT.configuration } = missing;
  throw new CommandError(`The ${about} ${detail}. ${remedy}`, exitCode);
}
