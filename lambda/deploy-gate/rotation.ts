import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, ExecutionDoesNotExist } from '@aws-sdk/client-sfn';
import { quiltctl } from '../../contract/command-line.ts';
import { RECORD_KEY, RESTING_PHASES } from '../../contract/rotation.ts';
import { awsCall } from './aws-call.ts';
import type { Connections } from './connections.ts';
import { Refusal } from './refusal.ts';

/** What to do while a rotation is under way, for the end of a reason. */
export function waitForRotation({ settings }: Connections): string {
  const watch = quiltctl('rotate --watch', settings.environment);
  return `\`${watch}\` shows where it is. Wait until it is in its grace time or has ended, then deploy again.`;
}

/**
 * Whether an execution of the rotation's state machine is running. One that ended, or that Step Functions has forgotten, does
 * nothing any more, whatever it has left behind.
 *
 * @throws Refusal `aws-call-failed`: nobody knows, so that it may be running
 */
export async function isRunning(executionArn: string, { sfn, abortSignal }: Connections): Promise<boolean> {
  const answer = sfn.send(new DescribeExecutionCommand({ executionArn }), { abortSignal }).catch((error: unknown) => {
    if (error instanceof ExecutionDoesNotExist) return { status: undefined };
    throw error;
  });
  const { status } = await awsCall('states:DescribeExecution', answer);
  return status === 'RUNNING';
}

/**
 * Demands that nobody carries out a step of a rotation: it counts the tasks that it rolls, and a deploy would start others. A
 * phase that is not known here is a step. One that stopped, or whose execution died, is no obstacle: the deploy may be its cure,
 * and tasks start with whatever the parameters hold.
 *
 * @throws Refusal `rotation-in-step`
 */
export async function requireNoRotationStep(connections: Connections): Promise<void> {
  const { dynamodb, settings, abortSignal } = connections;
  const command = new GetItemCommand({
    TableName: settings.stateTable,
    Key: { pk: { S: RECORD_KEY.pk }, sk: { S: RECORD_KEY.sk } },
    ConsistentRead: true,
  });
  const { Item } = await awsCall('dynamodb:GetItem', dynamodb.send(command, { abortSignal }));
  if (Item === undefined) return;
  const [phase, execution] = [Item.phase?.S ?? 'unknown', Item.execution?.S ?? ''];
  if (RESTING_PHASES.some((resting) => resting === phase) || execution === '') return;
  if (!(await isRunning(execution, connections))) return;
  throw new Refusal(
    'rotation-in-step',
    `The secret is being rotated (phase ${phase}). ${waitForRotation(connections)}`,
  );
}
