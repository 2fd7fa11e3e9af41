import { contentOf } from '../found.ts';
import { keyIdOf, move, type Run, type Step, wait } from '../run.ts';
import { settle } from '../settle.ts';
import { needLock } from './common.ts';
import { beginRepair } from './repair.ts';

/** The grace time: nothing is written until the last token of the key that goes has ended. Deploys are free. */
export async function grace(run: Run): Promise<Step> {
  const { ports, call } = run;
  const settled = await settle(run);
  if (settled.kind !== 'settled') {
    return beginRepair(run, settled.kind === 'foreign' ? settled.what : 'A secret of the set was lost.');
  }
  const { direction, current, next, intended, grace } = run.record;
  if (grace === undefined || next === undefined) throw new Error('A grace time without a beginning or without a key.');
  const left = (Date.parse(grace.since) - ports.now()) / 1000 + grace.seconds;
  if (left > 0) {
    await ports.lock.release(call.execution);
    return wait(run, left, 'Tokens of the key that goes are still about.');
  }
  const busy = await needLock(run);
  if (busy) return busy;
  const stays = direction === 'forward' ? next.thumbprint : current.thumbprint;
  const goes = direction === 'forward' ? current.thumbprint : next.thumbprint;
  await move(
    run,
    {
      phase: direction === 'forward' ? 'retireSecret' : 'createSecret',
      before: intended,
      intended: contentOf(stays, [stays]),
    },
    `The grace time is over: ${keyIdOf(run.record, goes)} is taken out of the set.`,
  );
  return 'go-on';
}
