import { log } from '../shared/log.ts';
import { type FailedCheck, faultOf, runCanary, type UnprovedCheck } from './canary.ts';
import { releaseLock } from './lock.ts';
import type { Deploy } from './properties.ts';
import { Refusal } from './refusal.ts';
import { removeOldRevisions } from './revisions/retention.ts';
import { type Closing, closeRevision, type Revision, readNewestRevision } from './revisions/revision.ts';
import { keepMissingTemplate } from './revisions/template.ts';
import type { Connections } from './settings.ts';

function notOpen(): Refusal {
  return new Refusal(
    'revision-not-open',
    'The deploy gate opened no revision for this deploy. Roll the stack back with `cdk rollback`, or change something, and deploy again.',
  );
}

function red(failedChecks: readonly FailedCheck[]): Refusal {
  const reasons = failedChecks.map(({ name, reason }) => `${name}: ${reason}`);
  // All names first: a long reason is truncated.
  const message = `The canary is red after the deploy: ${namesOf(failedChecks).join(', ')}. ${reasons.join(' | ')}`;
  return new Refusal('canary-red', message);
}

const namesOf = (checks: readonly FailedCheck[]) => checks.map(({ name }) => name);

/**
 * Checks that were red before do not veto: the deploy may be meant to fix them, or they have several faults. A check that was skipped
 * before is excused only while it is still skipped: one that fails now was never shown to have failed before.
 */
function judge(checks: readonly UnprovedCheck[], { failedBefore, skippedBefore }: Revision): Closing {
  if (checks.length === 0) return { verdict: 'good' };
  const wasRed = (name: string) => failedBefore.some((fault) => fault === name || fault.startsWith(`${name}: `));
  const excused = (check: UnprovedCheck) =>
    check.skipped ? skippedBefore.includes(check.name) || wasRed(check.name) : failedBefore.includes(faultOf(check));
  const broken = checks.filter((check) => !excused(check));
  if (broken.length > 0) return { verdict: 'failed', failedChecks: broken };
  return {
    verdict: 'unverified',
    failedChecks: checks,
    because: `Also red before the deploy: ${namesOf(checks).join(', ')}.`,
  };
}

/** Break-glass: the canary runs and is recorded, but does not decide. */
async function reportOnly(connections: Connections): Promise<Closing> {
  try {
    return { verdict: 'unverified', failedChecks: await runCanary({ settling: true }, connections) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    log('error', 'no canary after the deploy', { code: error.code, reason: error.message });
    return { verdict: 'unverified' };
  }
}

async function closingOf({ properties }: Deploy, revision: Revision, connections: Connections): Promise<Closing> {
  if (properties.breakGlass !== undefined) return reportOnly(connections);
  return judge(await runCanary({ settling: true }, connections), revision);
}

/** Repeats the outcome of the first delivery of an event. */
function repeat(revision: Revision | undefined, { requestId }: Deploy): void {
  if (revision?.closedBy !== requestId) throw notOpen();
  if (revision.verdict === 'failed') throw red(revision.failedChecks);
}

/**
 * Decides on a deploy once all of it is done: runs the canary, closes the revision, releases the lock and removes old revisions.
 *
 * @throws Refusal `canary-red` with the checks that it broke; `canary-failed` when the canary returned no report
 */
export async function giveVerdict(deploy: Deploy, connections: Connections): Promise<void> {
  const { stackArn, requestId, properties } = deploy;
  const revision = await readNewestRevision(connections);
  const isOurs = revision?.stackArn === stackArn && revision.fingerprint === properties.fingerprint;
  if (revision === undefined || !isOurs) throw notOpen();
  if (revision.verdict !== 'open') {
    await releaseLock(stackArn, connections);
    return repeat(revision, deploy);
  }

  const closing = await closingOf(deploy, revision, connections);
  if (revision.template === undefined) await keepMissingTemplate(revision.number, deploy, connections);
  const closed = await closeRevision(revision.number, { ...closing, closedBy: requestId }, connections);
  await releaseLock(stackArn, connections);
  if (!closed) return repeat(await readNewestRevision(connections), deploy);
  const { verdict, failedChecks = [] } = closing;
  log(verdict === 'good' ? 'info' : 'error', 'deploy judged', {
    revision: revision.number,
    verdict,
    failed: namesOf(failedChecks),
    failedBefore: revision.failedBefore,
    breakGlass: properties.breakGlass ?? null,
  });
  await removeOldRevisions(connections);
  if (verdict === 'failed') throw red(failedChecks);
}
