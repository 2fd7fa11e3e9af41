import { type AttributeValue, QueryCommand } from '@aws-sdk/client-dynamodb';
import { REVISION_COUNTER, REVISION_KEY } from '../../../contract/revision.ts';
import { awsCall } from '../aws-call.ts';
import type { Connections } from '../connections.ts';
import { type Revision, revisionOf } from './revision.ts';

type Item = Record<string, AttributeValue>;
type Page = { readonly items: readonly Item[]; readonly next: Item | undefined };

/** A page of the revisions, newest first. */
async function readPage(
  from: Item | undefined,
  limit: number | undefined,
  { dynamodb, settings, abortSignal }: Connections,
): Promise<Page> {
  const command = new QueryCommand({
    TableName: settings.stateTable,
    KeyConditionExpression: 'pk = :revision AND sk < :counter',
    ExpressionAttributeValues: { ':revision': { S: REVISION_KEY }, ':counter': { S: REVISION_COUNTER } },
    ScanIndexForward: false,
    Limit: limit,
    ExclusiveStartKey: from,
    ConsistentRead: true,
  });
  const { Items = [], LastEvaluatedKey } = await awsCall('dynamodb:Query', dynamodb.send(command, { abortSignal }));
  return { items: Items, next: LastEvaluatedKey };
}

/** The newest revision, whoever opened it. */
export async function readNewestRevision(connections: Connections): Promise<Revision | undefined> {
  const { items } = await readPage(undefined, 1, connections);
  const [newest] = items;
  return newest && revisionOf(newest);
}

/** Every revision that is remembered, newest first. */
export async function readRevisions(connections: Connections): Promise<readonly Revision[]> {
  const revisions: Revision[] = [];
  let from: Item | undefined;
  do {
    const page = await readPage(from, undefined, connections);
    revisions.push(...page.items.map(revisionOf));
    from = page.next;
  } while (from !== undefined);
  return revisions;
}
