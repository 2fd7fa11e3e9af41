import { DeleteItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { conditionalWrite } from '../../aws/state-table.ts';
import { type Announcement, announcementItem, announcementKey, announcementMap } from '../../contract/revision.ts';
import { resourcesOf, type Template } from '../cloud-assembly.ts';

/** Where announcements of one change are written to. */
export interface Board {
  readonly dynamodb: DynamoDBClient;
  readonly stateTable: string;
  /** The `Trigger` of the template that is about to be deployed. */
  readonly trigger: string;
}

/**
 * What a Services template is told apart by from every other one.
 *
 * @throws Error when it has no deploy gate
 */
export function triggerOf(template: Template): string {
  const [gate] = resourcesOf(template, 'Custom::DeployGate');
  const trigger = gate?.Properties?.Trigger;
  if (typeof trigger === 'string') return trigger;
  throw new Error('The Services template has no deploy gate with a Trigger');
}

/** Tells the deploy gate who is about to change the services. It takes the announcement away when it opens the revision. */
export async function announce(
  { dynamodb, stateTable, trigger }: Board,
  announcement: Announcement,
  now: number,
): Promise<void> {
  const Item = announcementItem(trigger, announcement, now);
  await dynamodb.send(new PutItemCommand({ TableName: stateTable, Item }));
}

/** Takes an announcement back that the gate has not taken; that of somebody else stays. */
export async function takeBack({ dynamodb, stateTable, trigger }: Board, announcement: Announcement): Promise<void> {
  const command = new DeleteItemCommand({
    TableName: stateTable,
    Key: announcementKey(trigger),
    ConditionExpression: 'announcement = :ours',
    ExpressionAttributeValues: { ':ours': announcementMap(announcement) },
  });
  await conditionalWrite(dynamodb.send(command));
}
