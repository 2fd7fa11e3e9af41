import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { announcementMap, REVISION_COUNTER, REVISION_KEY } from '../../../contract/revision.ts';
import { awsCall } from '../aws-call.ts';
import type { Connections } from '../connections.ts';
import { keptValues, keyOf, type NewRevision } from './revision.ts';

const listOf = (texts: readonly string[]) => ({ L: texts.map((text) => ({ S: text })) });

/**
 * Gives out the number of the next revision, once.
 *
 * @returns one more than the last; a number stays without a revision when a deploy dies before it has written its record
 */
export async function nextNumber({ dynamodb, settings, abortSignal }: Connections): Promise<number> {
  const command = new UpdateItemCommand({
    TableName: settings.stateTable,
    Key: { pk: { S: REVISION_KEY }, sk: { S: REVISION_COUNTER } },
    UpdateExpression: 'ADD #number :one',
    ExpressionAttributeNames: { '#number': 'number' },
    ExpressionAttributeValues: { ':one': { N: '1' } },
    ReturnValues: 'UPDATED_NEW',
  });
  const { Attributes } = await awsCall('dynamodb:UpdateItem', dynamodb.send(command, { abortSignal }));
  return Number(Attributes?.number?.N);
}

/** Records that a deploy begins. The caller holds the lock. */
export async function openRevision(
  revision: NewRevision,
  { dynamodb, settings, abortSignal }: Connections,
): Promise<void> {
  const { secret, keySet } = revision.parameterVersions;
  const Item = {
    ...keyOf(revision.number),
    number: { N: String(revision.number) },
    stackArn: { S: revision.stackArn },
    openedBy: { S: revision.openedBy },
    trigger: { S: revision.fingerprint },
    images: { M: { catalog: { S: revision.images.catalog }, mcp: { S: revision.images.mcp } } },
    parameterVersions: { M: { secret: { N: String(secret) }, keySet: { N: String(keySet) } } },
    tokenLifetimeSeconds: { N: String(revision.tokenLifetimeSeconds) },
    openedAt: { S: new Date().toISOString() },
    verdict: { S: 'open' },
    failedBefore: listOf(revision.failedBefore),
    skippedBefore: listOf(revision.skippedBefore),
    ...(revision.reason !== undefined && { reason: { S: revision.reason } }),
    ...(revision.announcement && { announcement: announcementMap(revision.announcement) }),
    ...(revision.kept && keptValues(revision.kept)),
  };
  const command = new PutItemCommand({ TableName: settings.stateTable, Item });
  await awsCall('dynamodb:PutItem', dynamodb.send(command, { abortSignal }));
}
