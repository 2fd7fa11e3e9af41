import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { awsCall } from './aws-call.ts';
import type { Connections } from './connections.ts';
import { Refusal } from './refusal.ts';

/**
 * In these phases tasks may start or stop without the rotation's knowledge: `idle`, when there is none, and the grace time, in
 * which both keys are accepted by everybody. A phase that is not known here is a step.
 */
const FREE_PHASES: readonly string[] = ['idle', 'grace'];

/**
 * Demands that no step of a rotation is under way: it counts the tasks that it rolls, and a deploy would start others.
 *
 * @throws Refusal `rotation-in-step`
 */
export async function requireNoRotationStep({ dynamodb, settings, abortSignal }: Connections): Promise<void> {
  const command = new GetItemCommand({
    TableName: settings.stateTable,
    Key: { pk: { S: 'rotation' }, sk: { S: '-' } },
    ConsistentRead: true,
  });
  const { Item } = await awsCall('dynamodb:GetItem', dynamodb.send(command, { abortSignal }));
  if (Item === undefined) return;
  const phase = Item.phase?.S ?? 'unknown';
  if (FREE_PHASES.includes(phase)) return;
  throw new Refusal(
    'rotation-in-step',
    `The secret is being rotated (phase ${phase}). Wait until the rotation is in its grace time or has ended, then deploy again.`,
  );
}
