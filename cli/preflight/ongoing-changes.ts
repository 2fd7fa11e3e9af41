import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { isOver, readStackState } from '../../aws/stack.ts';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { RECORD_KEY, RESTING_PHASES } from '../../contract/rotation.ts';
import { stackName } from '../../lib/names.ts';
import { lifeOfHolder, readHolder, readStateItem } from '../lock/holder.ts';
import { endOf, readDriven } from '../rotation/driver.ts';
import { askExecution } from '../rotation/execution.ts';
import type { PreflightClients } from './clients.ts';
import { check, type Finding, ok, type Result, refused } from './finding.ts';

type LockClients = Pick<PreflightClients, 'cloudformation' | 'dynamodb' | 'sfn'>;

const WAIT_FOR_ROTATION =
  'Wait until it reaches its grace time or ends; `bin/quiltctl rotate --watch` shows its progress.';

const WAIT_FOR_HOLDER = 'Wait until it ends, then retry; `bin/quiltctl lock status` shows whether it is alive.';

const WHO: Readonly<Record<string, string>> = { rotation: 'a secret rotation', deploy: 'another deployment' };

const RESUME = 'afterwards run `bin/quiltctl rotate --resume`';

/**
 * Checks for ongoing changes of the services or their secret, for which the deploy gate would refuse another one: the Services
 * stack, the deploy lock and a step of a rotation. A stale lock and a grace time do not count.
 *
 * @param stateTable - Foundation's state table
 */
export async function lockFindings(
  clients: LockClients,
  { config, stateTable }: { readonly config: EnvironmentConfig; readonly stateTable: string },
): Promise<readonly Finding[]> {
  return Promise.all([
    servicesStackFinding(clients.cloudformation, config),
    check('deploy lock', () => lockResult(clients, stateTable)),
    check('rotation', () => rotationResult(clients, stateTable)),
  ]);
}

/** Whether CloudFormation can change the Services stack now; it may not exist yet. */
export function servicesStackFinding(
  cloudformation: CloudFormationClient,
  config: EnvironmentConfig,
): Promise<Finding> {
  return stackFinding(cloudformation, 'Services stack', stackName(config, 'services'));
}

async function lockResult(clients: LockClients, stateTable: string): Promise<Result> {
  const holder = await readHolder(clients.dynamodb, stateTable);
  if (holder === undefined) return ok('free');
  const { kind, owner, takenAt } = holder;
  const { state, detail } = await lifeOfHolder(holder, clients);
  if (state === 'ended') return ok(`stale, taken by a ${kind} at ${takenAt}: ${detail}`);
  const what = WHO[kind] ?? `a holder of an unknown kind ("${kind}")`;
  const remedy = kind === 'rotation' ? WAIT_FOR_ROTATION : WAIT_FOR_HOLDER;
  return refused(`held since ${takenAt} by ${what}: ${owner}`, remedy);
}

/** A rotation that stopped, or whose execution ended, does not block: a deployment may be the fix. */
async function rotationResult({ dynamodb, sfn }: LockClients, stateTable: string): Promise<Result> {
  const read = async () => {
    const item = await readStateItem(dynamodb, stateTable, RECORD_KEY);
    if (item === undefined) return undefined;
    const { phase, execution, revision } = item;
    return { phase: phase?.S ?? 'unknown', execution: execution?.S ?? '', revision: Number(revision?.N ?? 0) };
  };
  const { record, driver } = await readDriven(read, (arn) => askExecution(sfn, arn, AbortSignal.timeout(ANSWER_MS)));
  if (record === undefined) return ok('none yet');
  const { phase } = record;
  if (driver?.state === 'ended') {
    return ok(`in ${phase}, but its execution ended (${endOf(driver)}), so it blocks nothing; ${RESUME}`);
  }
  if (driver === undefined && phase !== 'idle') return ok(`stopped in ${phase}, which blocks nothing; ${RESUME}`);
  if (RESTING_PHASES.some((resting) => resting === phase)) return ok(phase);
  return refused(`the secret is being rotated (${phase})`, WAIT_FOR_ROTATION);
}

/** Timeout of one request, with the SDK's retries. */
export const ANSWER_MS = 15_000;

/** The status of a new stack with an unexecuted change set: nothing is changing it. */
export const ONLY_REVIEWED = 'REVIEW_IN_PROGRESS';

/** States in which CloudFormation refuses changes until the stack is repaired. */
const REMEDIES: Readonly<Record<string, string>> = {
  UPDATE_ROLLBACK_FAILED:
    'Fix what its events report, then run `aws cloudformation continue-update-rollback --stack-name NAME`.',
  UPDATE_FAILED: 'Run `aws cloudformation rollback-stack --stack-name NAME`, then retry.',
  CREATE_FAILED: 'Run `aws cloudformation rollback-stack --stack-name NAME`, then retry.',
  DELETE_FAILED:
    'Run `aws cloudformation delete-stack --stack-name NAME` again, or retain the resources that its events name with --retain-resources.',
  ROLLBACK_FAILED:
    'The first deployment failed, and so did its rollback. Fix what its events report, such as a load balancer that is protected from deletion. Then run `aws cloudformation delete-stack --stack-name NAME`.',
  IMPORT_ROLLBACK_FAILED:
    'Fix what its events report, then run `aws cloudformation continue-update-rollback --stack-name NAME`.',
};

/** The CDK CLI deletes a stack whose creation was rolled back, and creates it again, unless its deletion is protected. */
const UNPROTECT =
  'The first deployment failed. Run `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name NAME`, then retry: the stack is created again.';

/** Whether CloudFormation can change a stack now; one that does not exist can be created. */
export function stackFinding(cloudformation: CloudFormationClient, about: string, name: string): Promise<Finding> {
  return check(about, async () => {
    const { status, isProtected } = await readStackState(cloudformation, name, AbortSignal.timeout(ANSWER_MS));
    if (status === 'DELETE_COMPLETE') return ok(`${name} does not exist yet`);
    const isStuck = status === 'ROLLBACK_COMPLETE' && isProtected;
    const remedy = (isStuck ? UNPROTECT : REMEDIES[status])?.replaceAll('NAME', name);
    if (remedy !== undefined) return refused(`${name} is ${status}`, remedy);
    if (isOver(status) || status === ONLY_REVIEWED) return ok(`${name} is ${status}`);
    return refused(`${name} is ${status}`, 'Wait until it ends, then retry.');
  });
}
