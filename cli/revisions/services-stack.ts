import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { readStackFailure, type StackFailure } from '../../aws/stack.ts';
import type { EnvironmentConfig } from '../../config/schema.ts';
import type { RevisionRecord } from '../../contract/revision.ts';
import { errorName } from '../../contract/safe-error.ts';
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
    throw awsFailure(`Could not read the stack ${name}`, error);
  }
}

/** What is known of the failure of a deploy: neither, when there is nothing more to know. */
interface FoundFailure {
  readonly failure?: StackFailure;
  /** Why it is not known, as part of a sentence. */
  readonly unknown?: string;
}

/** The gate's own words for why it gave a deploy up begin with a code, and nothing else failed before it. */
const REFUSAL = /^[a-z-]+: /;

/**
 * Finds out what made CloudFormation take a revision's stack back: the record says it, or else CloudFormation is asked. Whoever
 * may not ask it sees the revision all the same.
 */
export async function findFailure(
  cloudformation: CloudFormationClient,
  { verdict, stackArn, openedAt, closedBecause = '', stackFailure, failedChecks }: RevisionRecord,
): Promise<FoundFailure> {
  if (stackFailure !== undefined) return { failure: stackFailure };
  const isKnown = failedChecks.length > 0 || REFUSAL.test(closedBecause);
  if (isKnown || (verdict !== 'failed' && verdict !== 'open')) return {};
  try {
    const failure = await readStackFailure(cloudformation, stackArn, { before: openedAt });
    return failure === undefined ? { unknown: 'CloudFormation has no failure on record' } : { failure };
  } catch (error) {
    return { unknown: `CloudFormation did not answer: ${errorName(error)}` };
  }
}

/** Whether a revision is one of the stack that there is now: after a destruction none of those before runs. */
export function isOf(stack: ServicesStack | undefined, { stackArn }: RevisionRecord): boolean {
  return stack !== undefined && stackArn === stack.arn;
}

/** Whether what was deployed was left there, in the stack that there is now. */
export function stands(record: RevisionRecord, stack: ServicesStack | undefined): boolean {
  return (record.verdict === 'good' || record.verdict === 'unverified') && isOf(stack, record);
}

/**
 * The revision that the stack runs now: the newest one that stands. While one is being deployed that is still the one before it.
 *
 * @param revisions - newest first
 */
export async function findCurrent(
  revisions: AsyncIterable<RevisionRecord>,
  stack: ServicesStack | undefined,
): Promise<RevisionRecord | undefined> {
  if (stack === undefined) return undefined;
  for await (const revision of revisions) {
    if (stands(revision, stack)) return revision;
  }
  return undefined;
}
