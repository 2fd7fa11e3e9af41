import { endOf, startCdk } from '../cdk.ts';

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
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Deploys a synthesised assembly with the CDK CLI, whose output is passed on. Signals go to it, and this process outlives it. */
export async function runCdkDeploy({ directory, stacks, variables, toStandardError }: CdkDeploy): Promise<CdkEnd> {
  const how = ['--require-approval', 'never', '--progress', 'events', '--no-notices'];
  const child = startCdk(
    // Nothing is built: what is deployed is what was looked at.
    ['deploy', '--app', directory, '--build', '', ...how, ...stacks],
    { env: variables, stdio: ['inherit', toStandardError ? 2 : 'inherit', 'inherit'] },
  );
  let interrupted = false;
  const pass = (signal: NodeJS.Signals) => {
    interrupted = true;
    // From a terminal it has the signal already, and a second one does nothing more.
    child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  try {
    return { succeeded: await endOf(child), interrupted };
  } finally {
    for (const signal of SIGNALS) process.off(signal, pass);
  }
}
