import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { isOver, readStackStatus } from '../../aws/stack.ts';
import { type LockHolder, readLock } from '../../aws/state-table.ts';
import { endOf, lifeOf } from '../rotation/driver.ts';
import { askExecution, executionName } from '../rotation/execution.ts';

/** Timeout of one request, with the SDK's retries. */
export const ANSWER_MS = 15_000;

/** Whether a holder still works: one that has ended never releases its lock. */
export interface HolderLife {
  readonly state: 'alive' | 'ended' | 'not-checked';
  /** By what it is known, on one line. */
  readonly detail: string;
}

/** What a holder's life is asked of. */
export interface LifeClients {
  readonly cloudformation: CloudFormationClient;
  readonly sfn: SFNClient;
}

/**
 * Reads who holds the deploy lock.
 *
 * @returns `undefined` when it is free
 * @throws what the SDK throws
 */
export async function readHolder(dynamodb: DynamoDBClient, stateTable: string): Promise<LockHolder | undefined> {
  return readLock({ dynamodb, table: stateTable, abortSignal: AbortSignal.timeout(ANSWER_MS) });
}

/**
 * Asks whether a holder still works: of a deploy whether its stack is being changed, of a rotation whether its execution runs.
 * Of a kind that is not known here nobody can tell.
 *
 * @throws what the SDK throws: then nobody knows, so that it may be at work
 */
export async function lifeOfHolder(
  { kind, owner }: LockHolder,
  { cloudformation, sfn }: LifeClients,
): Promise<HolderLife> {
  const abortSignal = AbortSignal.timeout(ANSWER_MS);
  switch (kind) {
    case 'deploy': {
      const status = await readStackStatus(cloudformation, owner, abortSignal);
      return { state: isOver(status) ? 'ended' : 'alive', detail: `its stack is ${status}` };
    }
    case 'rotation': {
      const life = lifeOf(await askExecution(sfn, owner, abortSignal));
      return life.state === 'ended'
        ? { state: 'ended', detail: `its execution ended (${endOf(life)})` }
        : { state: 'alive', detail: `its execution ${executionName(owner)} is running` };
    }
    default:
      return { state: 'not-checked', detail: `this release does not know holders of the kind "${kind}"` };
  }
}
