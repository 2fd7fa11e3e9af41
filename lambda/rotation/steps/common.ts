import { generateSecret } from '../../../auth/generate-secret.ts';
import { DEFAULT_KEY_LABEL, keyIdOf, thumbprintOf } from '../../../auth/key-id.ts';
import type { KeyName, ServiceRole } from '../../../contract/rotation.ts';
import type { Found, Secrets } from '../found.ts';
import { claimLock } from '../lock.ts';
import { type RollOut, rollOut } from '../roll-out.ts';
import { iso, type Run, type Step, save, stop, wait } from '../run.ts';

/** How often a step that cannot go back tries again before a person has to look. */
const RETRIES = 3;
const RETRY_SECONDS = 15;
/** A deploy often ends soon after it was found; one that does not takes its time. */
const LOCK_SECONDS = 10;
const FEW_LOCK_TRIES = 6;
const MORE_LOCK_SECONDS = 60;

/** A new secret, under the name that the record gives it and with its value. */
export type NewSecret = { readonly name: KeyName; readonly secrets: Secrets };

/** Makes the next secret, or takes the one that a person left. */
export async function newSecret(now: number, secret: string = generateSecret()): Promise<NewSecret> {
  const thumbprint = await thumbprintOf(secret);
  const name = { thumbprint, keyId: await keyIdOf(secret, DEFAULT_KEY_LABEL), since: iso(now) };
  return { name, secrets: new Map([[thumbprint, secret]]) };
}

/** Holds the lock, or waits for it; deploys and the steps of a rotation exclude each other. */
export async function needLock(run: Run): Promise<Step | undefined> {
  const busy = await claimLock(run.ports, run.call.execution);
  if (busy === undefined) return undefined;
  const { progress } = run.call;
  const lockTries = 1 + ((progress?.result === 'wait' && progress.lockTries) || 0);
  const seconds = lockTries > FEW_LOCK_TRIES ? MORE_LOCK_SECONDS : LOCK_SECONDS;
  return { ...wait(run, seconds, `${busy} Waiting for its end.`), lockTries };
}

/** Rolls services one after the other, a look a call. */
export async function rollAll(run: Run, services: readonly ServiceRole[], { modifiedAt }: Found): Promise<RollOut> {
  for (const service of services) {
    const state = await rollOut(run, service, modifiedAt);
    if (state.state !== 'complete') return state;
  }
  return { state: 'complete' };
}

/** Tries a step again that has no way back; in the end it stands still. */
export async function retry(run: Run, reason: string): Promise<Step> {
  const retries = (run.record.retries ?? 0) + 1;
  if (retries > RETRIES) return stop(run, reason);
  await save(run, { retries, roll: undefined });
  return wait(run, RETRY_SECONDS, `${reason} Trying again (${retries} of ${RETRIES}).`);
}
