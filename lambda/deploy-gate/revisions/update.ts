import { type AttributeValue, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { RevisionVerdict } from '../../../contract/revision.ts';
import { heldWhen } from '../aws-call.ts';
import type { Connections } from '../connections.ts';
import { keyOf } from './revision.ts';

/**
 * Sets attributes of a record, as long as it has a certain verdict.
 *
 * @returns false when it has another one, or is gone: it is then left as it is
 */
export async function updateRevision(
  number: number,
  { verdict, values }: { readonly verdict: RevisionVerdict; readonly values: Record<string, AttributeValue> },
  { dynamodb, settings, abortSignal }: Connections,
): Promise<boolean> {
  const names = Object.keys(values);
  const command = new UpdateItemCommand({
    TableName: settings.stateTable,
    Key: keyOf(number),
    UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
    ConditionExpression: '#is = :was',
    ExpressionAttributeNames: { '#is': 'verdict', ...Object.fromEntries(names.map((name) => [`#${name}`, name])) },
    ExpressionAttributeValues: {
      ':was': { S: verdict },
      ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
    },
  });
  return heldWhen('dynamodb:UpdateItem', dynamodb.send(command, { abortSignal }));
}
