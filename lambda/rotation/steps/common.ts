import { generateSecret } from '../../../auth/generate-secret.ts';
import { DEFAULT_KEY_LABEL, keyIdOf, keyLabelOf, thumbprintOf } from '../../../auth/key-id.ts';
import { createKeySet } from '../../../auth/key-set.ts';
import { loadSigningKey } from '../../../auth/keys.ts';
import { mintEnhancedToken } from '../../../auth/mint-enhanced-token.ts';
import type { KeyName, ServiceRole } from '../../../contract/rotation.ts';
import { type ParameterState, type Secrets, secretsOfHistory } from '../parameter-state.ts';
import type { Holder, Ports } from '../ports.ts';
import { type Rollout, rollout } from '../rollout.ts';
import { iso, type Run, type Step, save, stop, wait } from '../run.ts';

/** Retries of a step that cannot go back, before it stops for a person. */
const RETRIES = 3;
const RETRY_SECONDS = 15;
/** Grows with each try: most deploys end soon, others take long. */
const LOCK_SECONDS = 10;
const FEW_LOCK_TRIES = 6;
const MORE_LOCK_SECONDS = 60;

/** A new secret: its name for the record, and its value. */
type NewSecret = { readonly name: KeyName; readonly secrets: Secrets };

/** Creates the next secret, or names the one that a person provided. */
export async function newSecret(now: number, secret: string = generateSecret()): Promise<NewSecret> {
  const thumbprint = await thumbprintOf(secret);
  const name = { thumbprint, keyId: await keyIdOf(secret, DEFAULT_KEY_LABEL), since: iso(now) };
  return { name, secrets: new Map([[thumbprint, secret]]) };
}

/** Requires the lock, or waits for it; deploys and the steps of a rotation exclude each other. */
export async function needLock(run: Run): Promise<Step | undefined> {
  const busy = await claimLock(run.ports, run.call.execution);
  if (busy === undefined) return undefined;
  const { progress } = run.call;
  const lockTries = 1 + ((progress?.result === 'wait' && progress.lockTries) || 0);
  const seconds = lockTries > FEW_LOCK_TRIES ? MORE_LOCK_SECONDS : LOCK_SECONDS;
  return { ...wait(run, seconds, `${busy} Waiting until it ends.`), lockTries };
}

/** Redeploys services one after the other, with one look per call. */
export async function rollAll(
  run: Run,
  services: readonly ServiceRole[],
  { modifiedAt }: ParameterState,
): Promise<Rollout> {
  for (const service of services) {
    const state = await rollout(run, service, modifiedAt);
    if (state.state !== 'complete') return state;
  }
  return { state: 'complete' };
}

/** Retries a step that cannot go back; after the last retry it stops. */
export async function retry(run: Run, reason: string): Promise<Step> {
  const retries = (run.record.retries ?? 0) + 1;
  if (retries > RETRIES) return stop(run, reason);
  await save(run, { retries, roll: undefined });
  return wait(run, RETRY_SECONDS, `${reason} Trying again (${retries} of ${RETRIES}).`);
}

/**
 * A lock is stale if its holder can no longer release it: a deploy whose stack is not changing, or an execution that has ended. A holder
 * of an unknown kind is never stale.
 */
async function isStale({ kind, owner }: Holder, ports: Ports): Promise<boolean> {
  if (kind === 'unknown') return false;
  return kind === 'deploy' ? !(await ports.stackInProgress(owner)) : !(await ports.isRunning(owner));
}

const WHO = { deploy: 'A deploy', rotation: 'Another rotation', unknown: 'An unknown holder' } as const;

/**
 * Takes the lock that excludes deploys. An execution that already holds it does not check the stack again: the gate refuses a deploy
 * that begins meanwhile, and waiting for it here would deadlock both.
 *
 * @param execution - the owner
 * @returns undefined when it is held, or who else holds it, as text
 */
export async function claimLock(ports: Ports, execution: string): Promise<string | undefined> {
  const holder = await ports.lock.read();
  if (holder?.owner === execution) return undefined;
  // A deploy that rolls back has released its lock, but still replaces tasks.
  if (await ports.stackInProgress()) return 'A deploy of the services is under way.';
  if (holder !== undefined && !(await isStale(holder, ports))) {
    return `${WHO[holder.kind]} has held the lock since ${holder.takenAt}.`;
  }
  if (await ports.lock.take(execution, holder)) return undefined;
  return 'Another holder has just taken the lock.';
}

const LIFETIME_SECONDS = 300;
const AUTHORIZATION = { level: 'read', roles: ['canary'], permissions: [], buckets: [] } as const;

/**
 * Sends tokens of retired secrets to every MCP task. The rotation mints them itself: no other component can read an old secret. A
 * secret that is in no history any more cannot be tried; the canary has seen that every task lost its key.
 *
 * @param retired - with the key IDs that their tokens carry: under another one a token would be refused whatever its secret
 * @returns why it is not proved that every task refuses them; empty when it is
 */
export async function findTasksAcceptingRetired(
  run: Run,
  retired: readonly Pick<KeyName, 'thumbprint' | 'keyId'>[],
): Promise<readonly string[]> {
  const { parameters, findTasksAccepting } = run.ports;
  const secrets = await secretsOfHistory(parameters);
  const problems: string[] = [];
  for (const { thumbprint, keyId } of retired) {
    const secret = secrets.get(thumbprint);
    if (secret === undefined) continue;
    const set = await createKeySet([secret], keyLabelOf(keyId));
    const { token } = await mintEnhancedToken({
      signingKey: await loadSigningKey(secret, set),
      subject: 'canary',
      authorization: AUTHORIZATION,
      lifetimeSeconds: LIFETIME_SECONDS,
    });
    problems.push(...(await findTasksAccepting(token)));
  }
  return problems;
}
