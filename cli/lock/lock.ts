import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { STSClient } from '@aws-sdk/client-sts';
import type { LockHolder } from '../../aws/state-table.ts';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { errorName } from '../../contract/safe-error.ts';
import { awsFailure, isFailureOfAws } from '../aws-failure.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { callerFindings } from '../preflight/caller.ts';
import { type HolderLife, type LifeClients, lifeOfHolder, readHolder } from './holder.ts';
import { type LockStatus, type Release, readReleases, releaseLock } from './releases.ts';
import { holderText, lifeText } from './text.ts';

export interface LockClients extends LifeClients {
  readonly dynamodb: DynamoDBClient;
  readonly sts: STSClient;
}

export interface ReleaseRequest {
  /** Also when the holder is alive or could not be checked. */
  readonly force: boolean;
  readonly reason?: string;
}

const MAX_REASON_LENGTH = 500;

/**
 * Reads the deploy lock.
 *
 * @param stateTable - Foundation's state table
 * @throws CommandError (3) when AWS refuses the caller, (4) when the state table cannot be read otherwise
 */
export async function lockStatus(clients: LockClients, stateTable: string): Promise<LockStatus> {
  const { dynamodb } = clients;
  const [holder, releases] = await Promise.all([
    readHolder(dynamodb, stateTable),
    readReleases(dynamodb, stateTable),
  ]).catch((error: unknown) => {
    throw awsFailure('Could not read the deploy lock', error);
  });
  return { lock: holder === undefined ? null : { ...holder, life: await askAbout(holder, clients) }, releases };
}

/** A holder that cannot be checked may be alive. */
async function askAbout(holder: LockHolder, clients: LifeClients): Promise<HolderLife> {
  try {
    return await lifeOfHolder(holder, clients);
  } catch (error) {
    if (!isFailureOfAws(error)) throw error;
    return { state: 'not-checked', detail: `AWS did not answer: ${errorName(error)}` };
  }
}

/**
 * Requires a reason that can be recorded, where one is needed.
 *
 * @throws CommandError (2)
 */
export function requireReason({ force, reason }: ReleaseRequest): void {
  if (force && reason === undefined) {
    throw new CommandError('--force requires a reason, which is recorded: add --reason TEXT.', EXIT.configuration);
  }
  if (reason === undefined) return;
  const isOneLine = /^\P{C}+$/u.test(reason) && reason.trim() !== '';
  if (isOneLine && reason.length <= MAX_REASON_LENGTH) return;
  throw new CommandError(
    `--reason takes one line of 1 to ${MAX_REASON_LENGTH} characters, without control characters.`,
    EXIT.configuration,
  );
}

/**
 * Releases the deploy lock, if its holder has ended, or if that is forced.
 *
 * @param now - milliseconds since 1970
 * @returns what was released and recorded; `undefined` when the lock was free already
 * @throws CommandError (2) for a reason that cannot be recorded; (3) when the holder may be at work and it is not forced, when the
 *   lock changed hands, or when AWS refuses the caller; (4) when AWS cannot be asked
 */
export async function release(
  request: ReleaseRequest,
  clients: LockClients,
  {
    config,
    stateTable,
    now,
  }: { readonly config: EnvironmentConfig; readonly stateTable: string; readonly now: number },
): Promise<Release | undefined> {
  requireReason(request);
  const { lock } = await lockStatus(clients, stateTable);
  if (lock === null) return undefined;
  const hasEnded = lock.life.state === 'ended';
  if (!hasEnded && !request.force) {
    throw new CommandError(
      `The deploy lock is not known to be stale. ${holderText(lock)} and ${lifeText(lock.life)}. Wait until it ends, or, if ` +
        'you know that it has ended, add --force --reason TEXT.',
      EXIT.refused,
    );
  }
  const done: Release = {
    at: new Date(now).toISOString(),
    by: await callerOf(clients.sts, config),
    ...(request.reason !== undefined && { reason: request.reason }),
    forced: !hasEnded,
    holder: lock,
  };
  const isDone = await releaseLock(clients.dynamodb, stateTable, done).catch((error: unknown) => {
    throw awsFailure('Could not release the deploy lock', error);
  });
  if (isDone) return done;
  throw new CommandError(
    'The deploy lock changed hands and was not released. Check bin/quiltctl lock status.',
    EXIT.refused,
  );
}

/** @throws CommandError (3) when the caller cannot be identified: a release is recorded with their name */
async function callerOf(sts: STSClient, config: EnvironmentConfig): Promise<string> {
  const { findings, caller } = await callerFindings(sts, config);
  if (caller !== undefined) return caller;
  const failed = findings.find(({ state }) => state === 'failed');
  throw new CommandError(`${failed?.about}: ${failed?.detail}. ${failed?.remedy ?? ''}`.trimEnd(), EXIT.refused);
}
