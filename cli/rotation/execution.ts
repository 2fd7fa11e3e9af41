import type { DescribeExecutionOutput, SFNClient } from '@aws-sdk/client-sfn';
import { describeExecution } from '../../aws/execution.ts';
import type { Progress } from '../../contract/rotation.ts';

export type ExecutionStatus = NonNullable<DescribeExecutionOutput['status']>;

/** One run of the state machine. */
export type Execution = {
  readonly arn: string;
  readonly status: ExecutionStatus;
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601; only once it has ended. */
  readonly endedAt?: string;
  /** The function's last result; only once the execution has ended, and only if there is one. */
  readonly progress?: Progress;
  /** Why it ended without a result: an error of Step Functions or of Lambda. */
  readonly failure?: string;
};

/** Whether it has ended. */
export function isOver({ status }: Execution): boolean {
  return status !== 'RUNNING' && status !== 'PENDING_REDRIVE';
}

/** The last part of an execution's ARN, which is its name. */
export function executionName(arn: string): string {
  return arn.split(':').at(-1) ?? arn;
}

/**
 * Asks Step Functions about an execution. One that was started a moment ago may not be visible yet, one of 90 days ago is not any
 * more.
 *
 * @returns `undefined` when Step Functions knows no such execution
 * @throws every other error of the SDK
 */
export async function askExecution(
  sfn: SFNClient,
  executionArn: string,
  abortSignal?: AbortSignal,
): Promise<Execution | undefined> {
  const described = await describeExecution(sfn, executionArn, abortSignal);
  return described && read(executionArn, described);
}

function read(
  arn: string,
  { status = 'RUNNING', startDate, stopDate, output, error, cause }: DescribeExecutionOutput,
): Execution {
  const begun = { arn, status, startedAt: (startDate ?? new Date()).toISOString() };
  if (!isOver(begun)) return begun;
  const seen = { ...begun, ...(stopDate && { endedAt: stopDate.toISOString() }) };
  if (status === 'SUCCEEDED') {
    const progress = progressOf(output);
    return progress ? { ...seen, progress } : { ...seen, failure: 'it ended without an answer' };
  }
  if (error === 'undone' || error === 'stopped') {
    return { ...seen, progress: { result: 'failed', code: error, message: cause ?? error } };
  }
  const failure = [error, errorMessageOf(cause)].filter(Boolean).join(': ') || status;
  return { ...seen, failure };
}

/** The output of the state machine, if it is a result of the function. */
function progressOf(output: string | undefined): Progress | undefined {
  const value = parse(output) as Partial<Progress> | undefined;
  const isEnd = value?.result === 'done' || value?.result === 'refused';
  return isEnd && typeof value.message === 'string' ? (value as Progress) : undefined;
}

/** Lambda reports errors as JSON with a stack trace; the message is enough. */
function errorMessageOf(cause: string | undefined): string | undefined {
  const { errorMessage } = (parse(cause) ?? {}) as { errorMessage?: unknown };
  return typeof errorMessage === 'string' ? errorMessage : cause;
}

function parse(text: string | undefined): object | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
