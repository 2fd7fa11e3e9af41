import { type Run, rest, type Step, wait } from '../run.ts';
import { settle } from '../settle.ts';
import { retry, rollAll } from './common.ts';
import { beginRepair } from './repair.ts';
import { acceptedRetired } from './retired-tokens.ts';
import { needStepLock } from './step-lock.ts';

/**
 * retireSecret: removes the old key and has both services forget it, MCP first, and the catalog too, whose tasks hold the set in
 * their environment. There is no way back from here: what fails is tried again.
 */
export async function retireSecret(run: Run): Promise<Step> {
  const busy = await needStepLock(run);
  if (busy) return busy;
  const settled = await settle(run);
  if (settled.kind === 'foreign') return beginRepair(run, settled.what);
  if (settled.kind === 'lost') return beginRepair(run, 'A secret of the set was lost.');

  const state = await rollAll(run, ['mcp', 'catalog'], settled.found);
  if (state.state === 'under-way') return wait(run, state.seconds, 'Tasks of both services are being replaced.');
  if (state.state === 'failed') return retry(run, state.reason);

  const { current, next } = run.record;
  if (next === undefined) throw new Error('retireSecret without a next key.');
  const problems = [...(await run.ports.runCanary()), ...(await acceptedRetired(run, [current]))];
  if (problems.length > 0) return retry(run, `The retired secret is not gone: ${problems.join(' | ')}`);
  return rest(run, 'rotated', `${next.keyId} signs; ${current.keyId} is accepted by nobody any more.`, {
    current: next,
    signingSince: run.record.committedAt ?? run.record.phaseSince,
  });
}
