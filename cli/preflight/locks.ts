import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { type AttributeValue, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { RECORD_KEY, RESTING_PHASES } from '../../lambda/rotation/record.ts';
import { isOver, readStackStatus } from '../../lambda/shared/stack-status.ts';
import { stackName } from '../../lib/names.ts';
import { type Finding, lookedAt, ok, refused, unlessNamed } from './finding.ts';
import { ANSWER_MS, stackFinding } from './stack-state.ts';

export interface LockClients {
  readonly cloudformation: CloudFormationClient;
  readonly dynamodb: DynamoDBClient;
  readonly sfn: SFNClient;
}

const ABOUT = { lock: 'deploy lock', rotation: 'rotation' } as const;

/** As the deploy gate takes it. */
const LOCK_KEY = { pk: 'lock', sk: '-' } as const;

const WAIT_FOR_ROTATION =
  'Wait until it is in its grace time or has ended; `bin/quiltctl rotate --watch` shows where it is.';

/**
 * What may be changing the services or their secret now, which the deploy gate would refuse a change for: the Services stack,
 * the deploy lock, and a step of a rotation. A holder that is dead does not count, and neither does a grace time.
 *
 * @param stateTable - Foundation's state table
 */
export async function lockFindings(
  clients: LockClients,
  { config, stateTable }: { readonly config: EnvironmentConfig; readonly stateTable: string },
): Promise<readonly Finding[]> {
  return Promise.all([
    servicesStackFinding(clients.cloudformation, config),
    lookedAt(ABOUT.lock, () => lockFinding(clients, stateTable)),
    lookedAt(ABOUT.rotation, () => rotationFinding(clients, stateTable)),
  ]);
}

/** Whether CloudFormation could change the Services stack now; it may not be there yet. */
export function servicesStackFinding(
  cloudformation: CloudFormationClient,
  config: EnvironmentConfig,
): Promise<Finding> {
  return stackFinding(cloudformation, 'Services stack', stackName(config, 'services'));
}

type Item = Readonly<Record<string, AttributeValue>>;

async function readItem(
  dynamodb: DynamoDBClient,
  TableName: string,
  { pk, sk }: { readonly pk: string; readonly sk: string },
): Promise<Item | undefined> {
  const command = new GetItemCommand({ TableName, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true });
  return (await dynamodb.send(command, { abortSignal: AbortSignal.timeout(ANSWER_MS) })).Item;
}

async function lockFinding(clients: LockClients, stateTable: string): Promise<Finding> {
  const item = await readItem(clients.dynamodb, stateTable, LOCK_KEY);
  if (item === undefined) return ok(ABOUT.lock, 'free');
  const [kind, owner, takenAt] = [item.kind?.S ?? '', item.owner?.S ?? '', item.takenAt?.S ?? ''];
  if (await isDead(kind, owner, clients)) return ok(ABOUT.lock, `left since ${takenAt} by a ${kind} that has ended`);
  const what = kind === 'rotation' ? 'a rotation of the secret' : 'another deploy';
  const remedy = kind === 'rotation' ? WAIT_FOR_ROTATION : 'Wait until it has ended, then start again.';
  return refused(ABOUT.lock, `held since ${takenAt} by ${what}: ${owner}`, remedy);
}

/** A holder of a kind that is not known here lives. */
async function isDead(kind: string, owner: string, { cloudformation, sfn }: LockClients): Promise<boolean> {
  if (kind === 'deploy') return isOver(await readStackStatus(cloudformation, owner, AbortSignal.timeout(ANSWER_MS)));
  return kind === 'rotation' && !(await isRunning(sfn, owner));
}

/** Nobody carries a rotation on that stopped, or whose execution has died: a deploy may be its cure. */
async function rotationFinding({ dynamodb, sfn }: LockClients, stateTable: string): Promise<Finding> {
  const item = await readItem(dynamodb, stateTable, RECORD_KEY);
  const [phase, execution] = [item?.phase?.S ?? 'unknown', item?.execution?.S ?? ''];
  if (item === undefined) return ok(ABOUT.rotation, 'none so far');
  if (RESTING_PHASES.some((resting) => resting === phase)) return ok(ABOUT.rotation, phase);
  if (execution === '' || !(await isRunning(sfn, execution))) {
    return ok(ABOUT.rotation, `stands still in ${phase}, which is no obstacle`);
  }
  return refused(ABOUT.rotation, `the secret is being rotated (${phase})`, WAIT_FOR_ROTATION);
}

async function isRunning(sfn: SFNClient, executionArn: string): Promise<boolean> {
  const asked = sfn.send(new DescribeExecutionCommand({ executionArn }), {
    abortSignal: AbortSignal.timeout(ANSWER_MS),
  });
  return (await unlessNamed(asked, 'ExecutionDoesNotExist'))?.status === 'RUNNING';
}
