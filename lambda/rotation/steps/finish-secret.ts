import { iso, move, type Run, type Step, wait } from '../run.ts';
import { settle } from '../settle.ts';
import { retry, rollAll } from './common.ts';
import { goBack, graceSeconds } from './go-back.ts';
import { beginRepair } from './repair.ts';
import { needStepLock } from './step-lock.ts';

/**
 * finishSecret: the one commit point. The catalog signs with the next secret, or, on the way back, with the old one again; MCP
 * accepts both all along. When the last older catalog task has stopped, the grace time begins.
 */
export async function finishSecret(run: Run): Promise<Step> {
  const busy = await needStepLock(run);
  if (busy) return busy;
  const settled = await settle(run);
  if (settled.kind === 'foreign') return beginRepair(run, settled.what);
  if (settled.kind === 'lost') return beginRepair(run, 'A secret of the set was lost.');

  const { direction } = run.record;
  const state = await rollAll(run, ['catalog'], settled.found);
  if (state.state === 'under-way') return wait(run, state.seconds, 'Catalog tasks are being replaced.');
  if (direction === 'back') {
    if (state.state === 'failed') return retry(run, `${state.reason} Both keys stay accepted.`);
    return beginGrace(run);
  }
  if (state.state === 'failed') {
    await goBack(run, state.reason);
    return 'go-on';
  }
  const red = await run.ports.runCanary();
  if (red.length > 0) {
    await goBack(run, `The canary is red after the next secret signs: ${red.join(' | ')}`);
    return 'go-on';
  }
  return beginGrace(run);
}

async function beginGrace(run: Run): Promise<Step> {
  const grace = { since: iso(run.ports.now()), seconds: await graceSeconds(run) };
  await move(run, { phase: 'grace', grace }, `The grace time of ${grace.seconds} s begins: deploys are free.`);
  return 'go-on';
}
