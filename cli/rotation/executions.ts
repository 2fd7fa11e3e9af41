import { randomBytes } from 'node:crypto';
import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Command } from '../../contract/rotation.ts';
import { awsFailure } from '../aws-failure.ts';
import { compactTime } from '../format.ts';
import { askExecution, type Execution } from './execution.ts';

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
    const name = `manual-${compactTime(startedAt)}-${randomBytes(2).toString('hex')}`;
    const input = JSON.stringify(command);
    try {
      const { executionArn: arn = '' } = await this.#sfn.send(
        new StartExecutionCommand({ stateMachineArn: this.#stateMachineArn, name, input }),
      );
      return { arn, status: 'RUNNING', startedAt: startedAt.toISOString() };
    } catch (error) {
      throw awsFailure(`Could not start the rotation ${this.#stateMachineArn}`, error);
    }
  }

  /**
   * Looks at an execution.
   *
   * @returns `undefined` when Step Functions knows no such execution, or not yet
   * @throws CommandError (3) when AWS refuses the caller, (4) when it cannot be asked otherwise
   */
  async describe(arn: string): Promise<Execution | undefined> {
    try {
      return await askExecution(this.#sfn, arn);
    } catch (error) {
      throw awsFailure(`Could not read the execution ${arn}`, error);
    }
  }
}
