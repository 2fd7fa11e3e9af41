import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { readStackFailure } from '../../aws/stack.ts';
import type { EnvironmentConfig } from '../../config/schema.ts';
import type { RevisionRecord, StackFailure } from '../../contract/revision.ts';
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
 * Reads the Services stack.
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

/** The failure of a deployment, or why it is unknown; neither when nothing is missing. */
interface FoundFailure {
  readonly failure?: StackFailure;
  /** Why it is unknown, as part of a sentence. */
  readonly unknown?: string;
}

/** The gate's refusals begin with a code; nothing else failed before one. */
const REFUSAL = /^[a-z-]+: /;

/**
 * Finds out why CloudFormation rolled a revision's stack back: from the record, or else from CloudFormation. A caller without
 * that permission sees the revision all the same.
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

/** Whether a revision belongs to the current stack: after the stack was deleted, no earlier revision runs. */
export function isOf(stack: ServicesStack | undefined, { stackArn }: RevisionRecord): boolean {
  return stack !== undefined && stackArn === stack.arn;
}

/** Whether the revision was kept after its deployment, in the current stack. */
export function stands(record: RevisionRecord, stack: ServicesStack | undefined): boolean {
  return (record.verdict === 'good' || record.verdict === 'unverified') && isOf(stack, record);
}

/**
 * The revision that the stack runs now: the newest one that stands. During a deployment, it is still the previous one.
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
