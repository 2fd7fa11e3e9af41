import { readStackFailure } from '../../aws/stack.ts';
import type { StackFailure } from '../../contract/revision.ts';
import { log } from '../shared/log.ts';
import { releaseLock } from './lock.ts';
import { attempt, awsCall } from './refusal.ts';
import { closeRevision, readNewestRevision } from './revisions/revision.ts';
import { type Connections, withDeadline } from './settings.ts';

const WENT_BACK = 'CloudFormation rolled the stack back.';
/** Limits the delay of a rollback for its reason. */
const ASK_MS = 10_000;

/** A deploy that failed. */
export type Undone = {
  /** Its stack; what other stacks own is left alone. */
  readonly stackArn: string;
  /** Its fingerprint, when CloudFormation rolls it back: an earlier verdict is then void. */
  readonly failed: string | undefined;
};

/** Optional: later readers can get the reason from CloudFormation, as long as it keeps the events. */
function failureOf(stackArn: string, connections: Connections): Promise<StackFailure | undefined> {
  return attempt('reason of the rollback not read', () => {
    const { cloudformation, abortSignal } = withDeadline(ASK_MS, connections);
    return awsCall('cloudformation:DescribeStackEvents', readStackFailure(cloudformation, stackArn, { abortSignal }));
  });
}

async function closeOwn(
  { stackArn, failed }: Undone,
  refusal: string | undefined,
  connections: Connections,
): Promise<void> {
  const newest = await readNewestRevision(connections);
  if (newest?.stackArn !== stackArn || newest.verdict === 'failed') return;
  if (newest.verdict !== 'open' && newest.fingerprint !== failed) return;
  const stackFailure = refusal === undefined ? await failureOf(stackArn, connections) : undefined;
  const because = refusal ?? WENT_BACK;
  const closing = { verdict: 'failed', because, stackFailure, instead: newest.verdict } as const;
  if (await closeRevision(newest.number, closing, connections)) {
    const failedResource = stackFailure?.resource ?? null;
    log('info', 'revision closed', { revision: newest.number, verdict: 'failed', reason: because, failedResource });
  }
}

/**
 * Cleans up after a deploy: closes its revision as failed and releases its lock. Never throws, since a custom resource that fails in
 * a rollback leaves the stack in UPDATE_ROLLBACK_FAILED; the next deploy handles what is left.
 *
 * @param refusal - why the gate refuses the deploy, for the record; `undefined` when CloudFormation rolled the stack back, which is
 *   then asked for the reason
 */
export async function undo(deploy: Undone, refusal: string | undefined, connections: Connections): Promise<void> {
  await attempt('revision not closed', () => closeOwn(deploy, refusal, connections));
  await attempt('lock not released', () => releaseLock(deploy.stackArn, connections));
}
