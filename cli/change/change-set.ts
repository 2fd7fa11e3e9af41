import { randomBytes } from 'node:crypto';
import {
  type CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetOutput,
  ExecuteChangeSetCommand,
  paginateDescribeChangeSet,
  paginateListChangeSets,
} from '@aws-sdk/client-cloudformation';
import { errorName } from '../../contract/safe-error.ts';
import { awsFailure } from '../aws-failure.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { type Change, changesOf } from './stack-changes.ts';

/** How the change sets of this command are called. */
const PREFIX = 'quiltctl-rollback-';

/** As CloudFormation says that there is nothing to do. The second one comes with a template that has a transform. */
const NO_CHANGES = ["The submitted information didn't contain changes.", 'No updates are to be performed.'];

/** In these nobody is executing a change set, or ever has. */
const IDLE: readonly string[] = ['AVAILABLE', 'UNAVAILABLE', 'OBSOLETE'];

/** What the stack is to become. */
export interface Proposal {
  /** The revision that it goes back to. */
  readonly number: number;
  readonly templateUrl: string;
  /** Template parameters by name; the others get the template's default. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** How a change set stands. */
export type ChangeSetState =
  | { readonly state: 'pending' }
  | { readonly state: 'no-changes' }
  | { readonly state: 'ready'; readonly changes: readonly Change[] };

/** One change set of the Services stack. */
export class ChangeSet {
  readonly name: string;
  readonly #cloudformation: CloudFormationClient;
  /** By both names, as IAM knows a change set by the stack that it is of. */
  readonly #id: { readonly StackName: string; readonly ChangeSetName: string };

  private constructor(cloudformation: CloudFormationClient, stackName: string, name: string) {
    this.#cloudformation = cloudformation;
    this.name = name;
    this.#id = { StackName: stackName, ChangeSetName: name };
  }

  /**
   * Asks CloudFormation for a change set. Tags, role and notifications of the stack stay as they are.
   *
   * @throws CommandError (3) when CloudFormation refuses it, (4) when it cannot be asked
   */
  static async create(
    cloudformation: CloudFormationClient,
    stackName: string,
    { number, templateUrl, parameters }: Proposal,
  ): Promise<ChangeSet> {
    const changeSet = new ChangeSet(cloudformation, stackName, newName(number));
    const command = new CreateChangeSetCommand({
      ...changeSet.#id,
      ChangeSetType: 'UPDATE',
      Description: `bin/quiltctl rollback ${number}`,
      TemplateURL: templateUrl,
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
    });
    await cloudformation.send(command).catch((error: unknown) => {
      if (errorName(error) === 'ValidationError') throw notAccepted(messageOf(error));
      throw awsFailure('Could not create the change set', error);
    });
    return changeSet;
  }

  /**
   * Looks whether the change set is ready.
   *
   * @throws CommandError (3) when CloudFormation could not make it, or somebody has removed it; (4) when it cannot be asked
   */
  async look(): Promise<ChangeSetState> {
    const pages: DescribeChangeSetOutput[] = [];
    try {
      for await (const page of paginateDescribeChangeSet({ client: this.#cloudformation }, this.#id)) pages.push(page);
    } catch (error) {
      if (isGone(error)) throw removed(this.name);
      throw awsFailure('Could not read the change set', error);
    }
    const [{ Status, StatusReason = '' } = {}] = pages;
    if (Status === 'CREATE_COMPLETE') {
      return { state: 'ready', changes: changesOf(pages.flatMap(({ Changes = [] }) => Changes)) };
    }
    if (Status === 'CREATE_PENDING' || Status === 'CREATE_IN_PROGRESS') return { state: 'pending' };
    if (Status !== 'FAILED') throw removed(this.name);
    if (NO_CHANGES.some((text) => StatusReason.includes(text))) return { state: 'no-changes' };
    throw notAccepted(StatusReason);
  }

  /**
   * Has CloudFormation carry it out; what fails is taken back.
   *
   * @throws CommandError (3) when it cannot be carried out any more, (4) when CloudFormation cannot be asked
   */
  async execute(): Promise<void> {
    // With the token a call that is repeated, because its answer was lost, is still one.
    const command = new ExecuteChangeSetCommand({ ...this.#id, ClientRequestToken: this.name });
    await this.#cloudformation.send(command).catch((error: unknown) => this.#requireBegun(error));
  }

  /** The answer may have been lost when CloudFormation had begun already. */
  async #requireBegun(error: unknown): Promise<void> {
    const command = new DescribeChangeSetCommand(this.#id);
    const status = await this.#cloudformation.send(command).then(
      ({ ExecutionStatus }) => ExecutionStatus,
      () => undefined,
    );
    if (status?.startsWith('EXECUTE_')) return;
    if (isGone(error) || errorName(error).startsWith('InvalidChangeSetStatus')) throw removed(this.name);
    const what = status
      ? 'Could not execute the change set'
      : 'Could not confirm that the change set started (see bin/quiltctl history)';
    throw awsFailure(what, error);
  }

  /** Removes it; one that is not there any more is fine. Throws what the SDK throws. */
  async delete(): Promise<void> {
    await this.#cloudformation.send(new DeleteChangeSetCommand(this.#id)).catch((error: unknown) => {
      if (!isGone(error)) throw error;
    });
  }

  /**
   * Removes the change sets that rollbacks which were killed have left behind.
   *
   * @throws CommandError (3) when AWS refuses the caller, (4) when CloudFormation cannot be asked
   */
  static async removeLeftOvers(client: CloudFormationClient, stackName: string): Promise<void> {
    try {
      for await (const { Summaries = [] } of paginateListChangeSets({ client }, { StackName: stackName })) {
        for (const { ChangeSetName: name = '', ExecutionStatus: status = '' } of Summaries) {
          if (name.startsWith(PREFIX) && IDLE.includes(status)) await new ChangeSet(client, stackName, name).delete();
        }
      }
    } catch (error) {
      throw awsFailure('Could not delete the change set of an earlier rollback', error);
    }
  }
}

/** `quiltctl-rollback-3-20260102T030405-beef`: no two of them are the same. */
function newName(number: number): string {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '');
  return `${PREFIX}${number}-${time}-${randomBytes(2).toString('hex')}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The service says `ChangeSetNotFound`; the SDK has a class with `Exception` at its end. */
function isGone(error: unknown): boolean {
  return errorName(error).startsWith('ChangeSetNotFound');
}

function notAccepted(reason: string): CommandError {
  const said = reason.replace(/\.$/, '') || 'it gave no reason';
  return new CommandError(
    `CloudFormation rejected the change set: ${said}. Nothing was changed. ` +
      'Fix the cause, or choose another revision: bin/quiltctl history.',
    EXIT.refused,
  );
}

function removed(name: string): CommandError {
  return new CommandError(
    `The change set ${name} is no longer usable: someone else changed the stack or deleted the change set. ` +
      'Nothing was changed. Check bin/quiltctl history, then retry.',
    EXIT.refused,
  );
}
