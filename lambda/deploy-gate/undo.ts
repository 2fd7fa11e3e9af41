import { log } from '../shared/log.ts';
import { errorName } from '../shared/safe-error.ts';
import type { Connections } from './connections.ts';
import { releaseLock } from './lock.ts';
import { Refusal } from './refusal.ts';
import { closeRevision, readNewestRevision } from './revisions.ts';

async function attempt(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log('error', what, { reason: error instanceof Refusal ? error.message : errorName(error) });
  }
}

async function closeOwn(stackArn: string, reason: string, connections: Connections): Promise<void> {
  const newest = await readNewestRevision(connections);
  if (newest?.stackArn !== stackArn || newest.verdict !== 'open') return;
  if (await closeRevision(newest.number, { verdict: 'failed', because: reason }, connections)) {
    log('info', 'revision closed', { revision: newest.number, verdict: 'failed', reason });
  }
}

/**
 * Takes back what a deploy holds: closes its revision as failed and gives its lock back. Never throws, since a custom resource
 * that fails in a rollback leaves the stack in UPDATE_ROLLBACK_FAILED; the next deploy closes and takes over what is left.
 *
 * @param stackArn - the deploy's stack; what belongs to another one stays
 * @param reason - written into the record, unless it is closed already
 */
export async function undo(stackArn: string, reason: string, connections: Connections): Promise<void> {
  await attempt('revision not closed', () => closeOwn(stackArn, reason, connections));
  await attempt('lock not released', () => releaseLock(stackArn, connections));
}
