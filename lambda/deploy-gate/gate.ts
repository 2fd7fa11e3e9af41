import { log } from '../shared/log.ts';
import { runCanary } from './canary.ts';
import type { Connections } from './connections.ts';
import type { Deploy } from './deploy.ts';
import { takeLock } from './lock.ts';
import { requireValidParameters } from './parameters.ts';
import { Refusal } from './refusal.ts';
import { closeRevision, openRevision, readNewestRevision, type UnprovedBefore } from './revisions.ts';
import { requireNoRotationStep } from './rotation-phase.ts';

const NOTHING: UnprovedBefore = { failedBefore: [], skippedBefore: [] };

function requireContractVersion({ properties }: Deploy, { settings }: Connections): void {
  const [wanted, deployed] = [properties.contractVersion, settings.contractVersion];
  if (wanted === deployed) return;
  throw new Refusal(
    'contract-version',
    `This Services template is for version ${wanted} of Foundation's contract, and version ${deployed} is deployed. ` +
      'Deploy Foundation and Trust of the same code, or a revision that was made for that version.',
  );
}

/** What is red already, which this deploy therefore cannot have broken; and what nobody could ask because of that. */
async function unprovedBefore(deploy: Deploy, connections: Connections): Promise<UnprovedBefore> {
  if (deploy.first) return NOTHING;
  try {
    const checks = await runCanary({ settling: false }, connections);
    const namesOf = (skipped: boolean) => checks.filter((check) => check.skipped === skipped).map(({ name }) => name);
    return { failedBefore: namesOf(false), skippedBefore: namesOf(true) };
  } catch (error) {
    if (deploy.properties.breakGlass === undefined || !(error instanceof Refusal)) throw error;
    log('error', 'no canary before the deploy', { code: error.code, reason: error.message });
    return NOTHING;
  }
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
  // Before the lock: a second delivery may come when the deploy has ended, and nobody would give the lock back then.
  if ((await readNewestRevision(connections))?.openedBy === requestId) return;
  await takeLock(stackArn, connections);
  await requireNoRotationStep(connections);
  const parameterVersions = await requireValidParameters(connections);
  const before = await unprovedBefore(deploy, connections);

  const newest = await readNewestRevision(connections);
  if (newest?.openedBy === requestId) return;
  if (newest?.verdict === 'open') {
    // Whoever opened it is dead, since the lock is here.
    await closeRevision(
      newest.number,
      { verdict: 'failed', because: 'The deploy ended without a verdict.' },
      connections,
    );
  }
  const { trigger, images, breakGlass: reason } = properties;
  const revision = await openRevision(
    { stackArn, openedBy: requestId, trigger, images, parameterVersions, ...before, reason },
    connections,
  );
  log('info', 'deploy admitted', {
    revision,
    secretVersion: parameterVersions.secret,
    keySetVersion: parameterVersions.keySet,
    ...before,
    breakGlass: reason ?? null,
  });
}
