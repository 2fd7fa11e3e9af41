import { goesBack, isOver } from '../../aws/stack.ts';
import { log } from '../shared/log.ts';
import { faultOf, runCanary, type UnprovedCheck } from './canary.ts';
import { requireNoRotationStep, stackStatusOf, takeLock } from './lock.ts';
import { readParameterVersions, requireValidParameters } from './parameters.ts';
import type { Deploy } from './properties.ts';
import { Refusal } from './refusal.ts';
import { takeAnnouncement } from './revisions/announcement.ts';
import {
  closeRevision,
  nextNumber,
  openRevision,
  type Revision,
  readNewestRevision,
  type UnprovedBefore,
} from './revisions/revision.ts';
import { keepTemplate } from './revisions/template.ts';
import type { Connections } from './settings.ts';

function requireContractVersion({ properties }: Deploy, { settings }: Connections): void {
  const [wanted, deployed] = [properties.contractVersion, settings.contractVersion];
  if (wanted === deployed) return;
  throw new Refusal(
    'contract-version',
    `This Services template requires version ${wanted} of Foundation's contract, but version ${deployed} is deployed. ` +
      'Deploy Foundation and Trust from the same code, or a revision for that version.',
  );
}

/** Whether an earlier delivery of this event opened its revision. */
function wasOpenedBy(requestId: string, newest: Revision | undefined): boolean {
  if (newest?.openedBy !== requestId) return false;
  if (newest.verdict !== 'failed') return true;
  throw new Refusal(
    'deploy-refused-before',
    'This deploy was refused at the first delivery of its event. Deploy again.',
  );
}

/** The canary takes a while; a stack operation that was cancelled in between must not open a revision. */
async function requireStackGoesForward(stackArn: string, connections: Connections): Promise<void> {
  const status = await stackStatusOf(stackArn, connections);
  if (!goesBack(status) && !isOver(status)) return;
  throw new Refusal('stack-not-in-progress', `The stack is ${status}: the deploy was stopped meanwhile.`);
}

/** The checks that do not pass before the deploy. */
async function askCanary(deploy: Deploy, connections: Connections): Promise<readonly UnprovedCheck[]> {
  try {
    // Only lasting failures excuse later ones, so failed checks are repeated; on the first deploy all are red anyway.
    return await runCanary({ settling: !deploy.first }, connections);
  } catch (error) {
    if (deploy.properties.breakGlass === undefined || !(error instanceof Refusal)) throw error;
    log('error', 'no canary before the deploy', { code: error.code, reason: error.message });
    return [];
  }
}

/**
 * Checks that are already red, which this deploy cannot have broken, and those that were skipped because of them. Before the first
 * deploy no check counts.
 */
function unprovedBefore({ first }: Deploy, checks: readonly UnprovedCheck[]): UnprovedBefore {
  if (first) return { failedBefore: [], skippedBefore: [] };
  return {
    failedBefore: checks.filter(({ skipped }) => !skipped).map(faultOf),
    skippedBefore: checks.filter(({ skipped }) => skipped).map(({ name }) => name),
  };
}

/**
 * Admits a deploy before it changes anything: takes the lock, checks the preconditions and opens the revision. Break-glass bypasses
 * only the canary; the lock and what tasks need to start are always required.
 *
 * @throws Refusal with the failed precondition; the caller releases the lock
 */
export async function admit(deploy: Deploy, connections: Connections): Promise<void> {
  const { stackArn, requestId, properties } = deploy;
  requireContractVersion(deploy, connections);
  // Before the lock: a repeated delivery may arrive after the deploy ended, and nothing would release the lock then.
  if (wasOpenedBy(requestId, await readNewestRevision(connections))) return;
  await takeLock(stackArn, connections);
  await requireNoRotationStep(connections);
  const parameterVersions = await readParameterVersions(connections);
  const checks = await askCanary(deploy, connections);
  requireValidParameters(checks, connections);
  const before = unprovedBefore(deploy, checks);

  const newest = await readNewestRevision(connections);
  if (wasOpenedBy(requestId, newest)) return;
  await requireStackGoesForward(stackArn, connections);
  if (newest?.verdict === 'open') {
    // The deploy that opened it died: this one holds the lock.
    await closeRevision(
      newest.number,
      { verdict: 'failed', because: 'The deploy ended without a verdict.' },
      connections,
    );
  }
  const { trigger, fingerprint, images, tokenLifetimeSeconds, breakGlass: reason } = properties;
  const number = await nextNumber(connections);
  const announcement = await takeAnnouncement(trigger, connections);
  // Before the record, which names the template.
  const kept = await keepTemplate(number, deploy, connections);
  const revision = { number, stackArn, openedBy: requestId, fingerprint, images, parameterVersions, reason };
  await openRevision({ ...revision, ...before, tokenLifetimeSeconds, announcement, kept }, connections);
  log('info', 'deploy admitted', {
    revision: number,
    template: kept?.template.key ?? null,
    announcedBy: announcement?.by ?? null,
    rollbackTo: announcement?.rollbackTo ?? null,
    secretVersion: parameterVersions.secret,
    keySetVersion: parameterVersions.keySet,
    ...before,
    breakGlass: reason ?? null,
  });
}
