import { contentOf } from '../found.ts';
import { iso, keyIdOf, move, type Run, type Step } from '../run.ts';
import { settle } from '../settle.ts';
import { goBack } from './go-back.ts';
import { beginRepair } from './repair.ts';
import { needStepLock } from './step-lock.ts';

/** testSecret: tokens of both keys have to be accepted by every MCP task, and everything else refused, before the next key signs. */
export async function testSecret(run: Run): Promise<Step> {
  const busy = await needStepLock(run);
  if (busy) return busy;
  const settled = await settle(run);
  if (settled.kind === 'foreign') return beginRepair(run, settled.what);
  if (settled.kind === 'lost') throw new Error('testSecret writes nothing, so nothing can be lost.');
  const { current, next, intended } = run.record;
  if (next === undefined) throw new Error('testSecret without a next key.');

  const red = await run.ports.runCanary();
  if (red.length > 0) {
    await goBack(run, `The canary is red before the next secret signs: ${red.join(' | ')}`);
    return 'go-on';
  }
  await move(
    run,
    {
      phase: 'finishSecret',
      before: intended,
      intended: contentOf(next.thumbprint, [current.thumbprint, next.thumbprint]),
      bothMaySign: true,
      committedAt: iso(run.ports.now()),
    },
    `The canary is green: ${keyIdOf(run.record, next.thumbprint)} signs from now on.`,
  );
  return 'go-on';
}
