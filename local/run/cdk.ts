import { type CdkFollower, captureCdk } from '../../cli/cdk.ts';
import { LOCAL_REGION } from '../../cli/local/aws-settings.ts';
import { EMULATOR_ACCOUNT } from '../../config/emulator.ts';

const LINES_OF_AN_ERROR = 15;

export interface CdkRun extends CdkFollower {
  /** The CDK CLI's arguments. */
  readonly args: readonly string[];
  /** The CLI's whole environment. */
  readonly environment: Record<string, string>;
}

/** Runs the project's own CDK CLI and returns what it printed. Throws with the last of it when it fails. */
export async function runCdk({ args, environment, ...follower }: CdkRun): Promise<string> {
  const variables = { ...environment, CDK_DEFAULT_ACCOUNT: EMULATOR_ACCOUNT, CDK_DEFAULT_REGION: LOCAL_REGION };
  const { succeeded, text } = await captureCdk(args, variables, follower);
  if (succeeded) return text;
  throw new Error(`cdk ${args[0]} failed:\n${text.split('\n').slice(-LINES_OF_AN_ERROR).join('\n').trim()}`);
}
