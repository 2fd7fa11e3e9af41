import { type CdkFollower, captureCdk, endOf, passingSignals, startCdk } from '../cdk.ts';

/** How the CDK CLI ended. */
export interface CdkEnd {
  readonly succeeded: boolean;
  /** A signal has ended it: CloudFormation goes on with what was begun. */
  readonly interrupted: boolean;
}

export interface CdkDeploy {
  /** The cloud assembly that is deployed. */
  readonly directory: string;
  /** Stacks, by the names that the CDK CLI has for them; `--all` for all. */
  readonly stacks: readonly string[];
  /** The CLI's whole environment. */
  readonly variables: NodeJS.ProcessEnv;
  /** Whether standard output is kept for something else, so that all that the CLI says goes to standard error. */
  readonly toStandardError: boolean;
  /** Shows what the CLI says, in place of passing it on. */
  readonly follower?: CdkFollower | undefined;
}

/**
 * Deploys a synthesised assembly with the CDK CLI. Its output is passed on, signals go to it, and this process outlives it, unless
 * somebody follows it: then these are the follower's.
 *
 * @throws the reason of the follower's signal when that has fired
 */
export async function runCdkDeploy(deploy: CdkDeploy): Promise<CdkEnd> {
  const { directory, stacks, variables, toStandardError, follower } = deploy;
  const how = ['--require-approval', 'never', '--progress', 'events', '--no-notices'];
  // Nothing is built: what is deployed is what was looked at.
  const args = ['deploy', '--app', directory, '--build', '', ...how, ...stacks];
  if (follower) {
    const { succeeded } = await captureCdk([...args, '--no-color'], variables, follower);
    return { succeeded, interrupted: false };
  }
  const child = startCdk(args, {
    env: variables,
    stdio: ['inherit', toStandardError ? 2 : 'inherit', 'inherit'],
  });
  const { result: succeeded, interrupted } = await passingSignals(child, endOf);
  return { succeeded, interrupted };
}
