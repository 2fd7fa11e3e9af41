import type { RotationRecord } from '../../contract/rotation.ts';
import { CommandError } from '../exit-codes.ts';
import { type Execution, type ExecutionStatus, isOver } from './execution.ts';

/** Whether the execution that a record names is alive. The record does not say: a stopped execution could not update it. */
export type Driver =
  | { readonly state: 'running' }
  /** The rotation has no execution. Without a status, Step Functions no longer knows it. */
  | { readonly state: 'ended'; readonly status?: ExecutionStatus /** ISO 8601. */; readonly endedAt?: string }
  /** It could not be checked. */
  | { readonly state: 'not-checked'; readonly reason: string };

/** What is known of a record's execution. */
interface Driven {
  /** Absent when no rotation is under way, or it stopped by itself. */
  readonly driver?: Driver;
  /** Absent when Step Functions does not know it, or was not asked. */
  readonly execution?: Execution;
  /** Why it was not checked. */
  readonly failure?: CommandError;
}

/** The part of a record that is needed here. */
type Owned = Pick<RotationRecord, 'execution' | 'revision'>;

export type DrivenRecord<R extends Owned = RotationRecord> = Driven & { readonly record: R | undefined };

/** Describes an execution; `undefined` when it does not exist. */
type Describe = (arn: string) => Promise<Execution | undefined>;

/**
 * Reads the record and asks Step Functions whether its execution is alive. An execution that ended between the two requests
 * updated the record before, so the record is read again.
 *
 * @throws what `readRecord` throws, and what `describe` throws unless it is a CommandError, which is a driver that was not checked
 */
export async function readDriven<R extends Owned>(
  readRecord: () => Promise<R | undefined>,
  describe: Describe,
): Promise<DrivenRecord<R>> {
  let record = await readRecord();
  for (;;) {
    const driven = await drivenBy(record, describe);
    if (driven.driver?.state !== 'ended') return { record, ...driven };
    const again = await readRecord();
    if (again?.revision === record?.revision) return { record, ...driven };
    record = again;
  }
}

/** Asks Step Functions about the execution of a record. */
export async function drivenBy(record: Owned | undefined, describe: Describe): Promise<Driven> {
  if (record === undefined || record.execution === '') return {};
  try {
    const execution = await describe(record.execution);
    return { driver: lifeOf(execution), ...(execution && { execution }) };
  } catch (failure) {
    if (!(failure instanceof CommandError)) throw failure;
    return { driver: { state: 'not-checked', reason: failure.message }, failure };
  }
}

/** @param execution - as Step Functions has it; `undefined` when it knows none */
export function lifeOf(execution: Execution | undefined): Driver {
  if (execution === undefined) return { state: 'ended' };
  if (!isOver(execution)) return { state: 'running' };
  const { status, endedAt } = execution;
  return { state: 'ended', status, ...(endedAt !== undefined && { endedAt }) };
}

/** How an execution ended, in brackets behind "ended": `ABORTED, 2026-01-02T03:04:05.000Z`. */
export function endOf({ status, endedAt }: Extract<Driver, { state: 'ended' }>): string {
  if (status === undefined) return 'Step Functions has no record of it';
  return endedAt === undefined ? status : `${status}, ${endedAt}`;
}
