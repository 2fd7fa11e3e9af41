import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { type AttributeValue, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { RECORD_KEY, RESTING_PHASES } from '../../lambda/rotation/record.ts';
import { isOver, readStackStatus } from '../../lambda/shared/stack-status.ts';
import { stackName } from '../../lib/names.ts';
import { endOf, lifeOf, readDriven } from '../rotation/driver.ts';
import { askExecution, type Execution } from '../rotation/execution.ts';
import { type Finding, lookedAt, ok, refused } from './finding.ts';
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

const RESUME = 'afterwards run `bin/quiltctl rotate --resume`';

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
  return kind === 'rotation' && lifeOf(await askAbout(sfn, owner)).state === 'ended';
}

/** Nobody carries a rotation on that stopped, or whose execution has died: a deploy may be its cure. */
async function rotationFinding({ dynamodb, sfn }: LockClients, stateTable: string): Promise<Finding> {
  const read = async () => {
    const item = await readItem(dynamodb, stateTable, RECORD_KEY);
    if (item === undefined) return undefined;
    const { phase, execution, revision } = item;
    return { phase: phase?.S ?? 'unknown', execution: execution?.S ?? '', revision: Number(revision?.N ?? 0) };
  };
  const { record, driver } = await readDriven(read, (execution) => askAbout(sfn, execution));
  if (record === undefined) return ok(ABOUT.rotation, 'none so far');
  const { phase } = record;
  if (driver?.state === 'ended') {
    return ok(
      ABOUT.rotation,
      `in ${phase}, but its execution ended (${endOf(driver)}), so it is no obstacle; ${RESUME}`,
    );
  }
  if (driver === undefined && phase !== 'idle')
    return ok(ABOUT.rotation, `stopped in ${phase}, which is no obstacle; ${RESUME}`);
  if (RESTING_PHASES.some((resting) => resting === phase)) return ok(ABOUT.rotation, phase);
  return refused(ABOUT.rotation, `the secret is being rotated (${phase})`, WAIT_FOR_ROTATION);
}

async function askAbout(sfn: SFNClient, execution: string): Promise<Execution | undefined> {
  return askExecution(sfn, execution, AbortSignal.timeout(ANSWER_MS));
}
