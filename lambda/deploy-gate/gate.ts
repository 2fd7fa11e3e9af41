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
    `This Services template is for version ${wanted} of Foundation's contract, and version ${deployed} is deployed. ` +
      'Deploy Foundation and Trust of the same code, or a revision that was made for that version.',
  );
}

/** Whether an event was delivered before, and has opened its revision then. */
function wasOpenedBy(requestId: string, newest: Revision | undefined): boolean {
  if (newest?.openedBy !== requestId) return false;
  if (newest.verdict !== 'failed') return true;
  throw new Refusal(
    'deploy-refused-before',
    'This deploy was refused at the first delivery of its event. Deploy again.',
  );
}

/** Asking the canary takes its time; a stack that was stopped meanwhile opens no revision. */
async function requireStackGoesForward(stackArn: string, connections: Connections): Promise<void> {
  const status = await stackStatusOf(stackArn, connections);
  if (!goesBack(status) && !isOver(status)) return;
  throw new Refusal('stack-not-in-progress', `The stack is ${status}: the deploy was stopped meanwhile.`);
}

/** What the canary cannot prove before the deploy. */
async function askCanary(deploy: Deploy, connections: Connections): Promise<readonly UnprovedCheck[]> {
  try {
    // Only what stays red excuses anything later, so a check gets its second chance; on the very first deploy all is red anyway.
    return await runCanary({ settling: !deploy.first }, connections);
  } catch (error) {
    if (deploy.properties.breakGlass === undefined || !(error instanceof Refusal)) throw error;
    log('error', 'no canary before the deploy', { code: error.code, reason: error.message });
    return [];
  }
}

/**
 * What is red already, which this deploy therefore cannot have broken, and what could not be checked because of that. Before the
 * very first deploy there is nothing that could be red.
 */
function unprovedBefore({ first }: Deploy, checks: readonly UnprovedCheck[]): UnprovedBefore {
  if (first) return { failedBefore: [], skippedBefore: [] };
  return {
    failedBefore: checks.filter(({ skipped }) => !skipped).map(faultOf),
    skippedBefore: checks.filter(({ skipped }) => skipped).map(({ name }) => name),
  };
}

/**
 * Admits a deploy before anything of it changes: takes the lock, checks the preconditions and opens the revision. Break-glass
 * silences the canary only; what the tasks need to start, and the lock, hold for everybody.
 *
 * @throws Refusal saying what does not hold; the caller gives the lock back
 */
export async function admit(deploy: Deploy, connections: Connections): Promise<void> {
  const { stackArn, requestId, properties } = deploy;
  requireContractVersion(deploy, connections);
  // Before the lock: a second delivery may come when the deploy has ended, and nothing would release the lock then.
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
    // The deploy that opened it is dead: this one holds the lock.
    await closeRevision(
      newest.number,
      { verdict: 'failed', because: 'The deploy ended without a verdict.' },
      connections,
    );
  }
  const { trigger, fingerprint, images, tokenLifetimeSeconds, breakGlass: reason } = properties;
  const number = await nextNumber(connections);
  const announcement = await takeAnnouncement(trigger, connections);
  // Before the record, which names it.
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
