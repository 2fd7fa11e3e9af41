import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { errorName } from '../../lambda/shared/safe-error.ts';
import { stackName } from '../../lib/names.ts';
import { awsFailure } from '../aws-failure.ts';

/** The Services stack as CloudFormation has it. */
export interface ServicesStack {
  readonly arn: string;
  /** Such as `UPDATE_COMPLETE`. */
  readonly status: string;
}

/**
 * Looks at the Services stack.
 *
 * @returns `undefined` when there is none
 * @throws CommandError (3) when AWS refuses the caller, (4) when it cannot be asked otherwise
 */
export async function readServicesStack(
  cloudformation: CloudFormationClient,
  config: Pick<EnvironmentConfig, 'namePrefix'>,
): Promise<ServicesStack | undefined> {
  const name = stackName(config, 'services');
  try {
    const { Stacks: [stack] = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: name }));
    if (stack?.StackId === undefined || stack.StackStatus === undefined) return undefined;
    return { arn: stack.StackId, status: stack.StackStatus };
  } catch (error) {
    // This is how CloudFormation says that a stack does not exist.
    if (errorName(error) === 'ValidationError') return undefined;
    throw awsFailure(`The stack ${name} cannot be looked at`, error);
  }
}
