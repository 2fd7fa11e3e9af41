import { log } from '../shared/log.ts';
import { attempt } from './attempt.ts';
import type { Connections } from './connections.ts';
import { releaseLock } from './lock.ts';
import { closeRevision } from './revisions/close.ts';
import { readNewestRevision } from './revisions/read.ts';

/** A deploy that does not stand. */
export type Undone = {
  /** Its stack; what belongs to another one stays. */
  readonly stackArn: string;
  /** Its fingerprint, when CloudFormation says that the stack goes back from it: then no verdict of before holds. */
  readonly failed: string | undefined;
};

async function closeOwn({ stackArn, failed }: Undone, reason: string, connections: Connections): Promise<void> {
  const newest = await readNewestRevision(connections);
  if (newest?.stackArn !== stackArn || newest.verdict === 'failed') return;
  if (newest.verdict !== 'open' && newest.fingerprint !== failed) return;
  const closing = { verdict: 'failed', because: reason, instead: newest.verdict } as const;
  if (await closeRevision(newest.number, closing, connections)) {
    log('info', 'revision closed', { revision: newest.number, verdict: 'failed', reason });
  }
}

/**
 * Takes back what a deploy holds: closes its revision as failed and gives its lock back. Never throws, since a custom resource
 * that fails in a rollback leaves the stack in UPDATE_ROLLBACK_FAILED; the next deploy closes and takes over what is left.
 *
 * @param reason - written into the record, unless it is closed already
 */
export async function undo(deploy: Undone, reason: string, connections: Connections): Promise<void> {
  await attempt('revision not closed', () => closeOwn(deploy, reason, connections));
  await attempt('lock not released', () => releaseLock(deploy.stackArn, connections));
}
