import { contentOf } from '../parameter-state.ts';
import { iso, keyIdOf, move, type Run } from '../run.ts';

/** A catalog task signs until its last moment, and clocks differ. */
const CLOCKS_SECONDS = 5;

/**
 * Reverses a rotation. Until the next key was meant to sign, it is simply removed from the set. Afterwards its tokens may be in use:
 * the old secret signs again first, and the next key stays accepted for a full grace time.
 *
 * @param reason - shown to people
 */
export async function goBack(run: Run, reason: string): Promise<'go-on'> {
  const { phase, current, next, intended, bothMaySign } = run.record;
  const common = { direction: 'back', backBecause: reason, execution: run.call.execution, stopped: undefined } as const;
  const keys = next === undefined ? [current.thumbprint] : [current.thumbprint, next.thumbprint];
  if (phase === 'finishSecret' || phase === 'grace') {
    const signing = contentOf(current.thumbprint, keys);
    return move(
      run,
      { ...common, phase: 'finishSecret', before: intended, intended: signing, grace: undefined },
      `${reason} Going back: ${keyIdOf(run.record, current.thumbprint)} signs again.`,
    );
  }
  if (bothMaySign) {
    const grace = { since: iso(run.ports.now()), seconds: await graceSeconds(run) };
    return move(run, { ...common, phase: 'grace', grace }, `${reason} Going back after a grace time.`);
  }
  const one = contentOf(current.thumbprint, [current.thumbprint]);
  return move(run, { ...common, phase: 'createSecret', before: intended, intended: one }, `${reason} Going back.`);
}

/**
 * How long a token of the key to remove can be valid: the longest lifetime that was configured while the key could sign, plus the
 * verifiers' leeway.
 *
 * @returns seconds
 */
export async function graceSeconds({ ports, record }: Run): Promise<number> {
  const { timing, now, longestLifetime } = ports;
  const recorded = await longestLifetime(Date.parse(record.signingSince), now());
  return Math.max(recorded ?? 0, timing.tokenLifetimeSeconds) + timing.leewaySeconds + CLOCKS_SECONDS;
}
