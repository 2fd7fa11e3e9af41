import { randomBytes } from 'node:crypto';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  ExecutionDoesNotExist,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Command, Progress } from '../../lambda/rotation/call.ts';
import { awsFailure } from '../aws-failure.ts';

export type ExecutionStatus = NonNullable<DescribeExecutionOutput['status']>;

/** One run of the state machine. */
export type Execution = {
  readonly arn: string;
  readonly status: ExecutionStatus;
  /** ISO 8601. */
  readonly startedAt: string;
  /** What the function said last; only once the execution has ended, and only if it could say something. */
  readonly progress?: Progress;
  /** Why it ended without the function's word: an error of Step Functions or of Lambda. */
  readonly failure?: string;
};

/** Whether nothing more will come of it. */
export function isOver({ status }: Execution): boolean {
  return status !== 'RUNNING' && status !== 'PENDING_REDRIVE';
}

/** The last part of an execution's ARN, which is its name. */
export function executionName(arn: string): string {
  return arn.split(':').at(-1) ?? arn;
}

/** Starts and looks at executions of one state machine. */
export class Executions {
  readonly #sfn: SFNClient;
  readonly #stateMachineArn: string;

  /** @param stateMachineArn - with its account, so that credentials of another one are refused */
  constructor(sfn: SFNClient, stateMachineArn: string) {
    this.#sfn = sfn;
    this.#stateMachineArn = stateMachineArn;
  }

  /** @throws CommandError (3) when AWS refuses the caller, (4) when the state machine is not there */
  async start(command: Command): Promise<Execution> {
    const startedAt = new Date();
    const name = `manual-${compact(startedAt)}-${randomBytes(2).toString('hex')}`;
    const input = JSON.stringify(command);
    try {
      const { executionArn: arn = '' } = await this.#sfn.send(
        new StartExecutionCommand({ stateMachineArn: this.#stateMachineArn, name, input }),
      );
      return { arn, status: 'RUNNING', startedAt: startedAt.toISOString() };
    } catch (error) {
      throw awsFailure(`The rotation ${this.#stateMachineArn} cannot be started`, error);
    }
  }

  /**
   * Looks at an execution. One that was started a moment ago may not be visible yet, one of 90 days ago is not any more.
   *
   * @throws CommandError (3) when AWS refuses the caller, (4) when it cannot be asked otherwise
   */
  async describe(arn: string): Promise<Execution | undefined> {
    try {
      return read(arn, await this.#sfn.send(new DescribeExecutionCommand({ executionArn: arn })));
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return undefined;
      throw awsFailure(`The execution ${arn} cannot be looked at`, error);
    }
  }
}

/** `20260102T030405`: the separators of ISO 8601 are not allowed in a name. */
function compact(time: Date): string {
  return time.toISOString().slice(0, 19).replace(/[-:]/g, '');
}

function read(
  arn: string,
  { status = 'RUNNING', startDate, output, error, cause }: DescribeExecutionOutput,
): Execution {
  const seen = { arn, status, startedAt: (startDate ?? new Date()).toISOString() };
  if (!isOver(seen)) return seen;
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

/** What the state machine ended with, if it is what the function says. */
function progressOf(output: string | undefined): Progress | undefined {
  const value = parse(output) as Partial<Progress> | undefined;
  const isEnd = value?.result === 'done' || value?.result === 'refused';
  return isEnd && typeof value.message === 'string' ? (value as Progress) : undefined;
}

/** Lambda's own errors come as JSON with a stack trace, of which the message is enough. */
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
