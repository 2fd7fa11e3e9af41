import { stackFailureMap } from '../../../contract/revision.ts';
import type { FailedCheck } from '../canary.ts';
import type { Connections } from '../connections.ts';
import type { Closing } from './revision.ts';
import { updateRevision } from './update.ts';

const checksOf = (checks: readonly FailedCheck[]) => ({
  L: checks.map(({ name, reason }) => ({ M: { name: { S: name }, reason: { S: reason } } })),
});

/**
 * Records how a deploy ended, once.
 *
 * @returns false when the record has another verdict than the one to be replaced, and is then left as it is
 */
export async function closeRevision(
  number: number,
  { verdict, closedBy, failedChecks, because, stackFailure, instead = 'open' }: Closing,
  connections: Connections,
): Promise<boolean> {
  const values = {
    verdict: { S: verdict },
    closedAt: { S: new Date().toISOString() },
    ...(closedBy !== undefined && { closedBy: { S: closedBy } }),
    ...(failedChecks?.length && { failedChecks: checksOf(failedChecks) }),
    ...(because !== undefined && { closedBecause: { S: because } }),
    ...(stackFailure && { stackFailure: stackFailureMap(stackFailure) }),
  };
  return updateRevision(number, { verdict: instead, values }, connections);
}
