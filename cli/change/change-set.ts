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
import { compactTime } from '../format.ts';
import { type Change, changesOf } from './stack-changes.ts';

/** Prefix of the names of this command's change sets. */
const PREFIX = 'quiltctl-rollback-';

/** CloudFormation's messages for an empty change set. It uses the second one for a template with a transform. */
const NO_CHANGES = ["The submitted information didn't contain changes.", 'No updates are to be performed.'];

/** Execution states of a change set that is not and was not executed. */
const IDLE: readonly string[] = ['AVAILABLE', 'UNAVAILABLE', 'OBSOLETE'];

/** The desired state of the stack. */
export interface Proposal {
  /** The revision that it goes back to. */
  readonly number: number;
  readonly templateUrl: string;
  /** Template parameters by name; the others get the template's default. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** The state of a change set. */
export type ChangeSetState =
  | { readonly state: 'pending' }
  | { readonly state: 'no-changes' }
  | { readonly state: 'ready'; readonly changes: readonly Change[] };

/** One change set of the Services stack. */
export class ChangeSet {
  readonly name: string;
  readonly #cloudformation: CloudFormationClient;
  /** With the stack's name, by which IAM authorizes access to a change set. */
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
   * Reads the state of the change set.
   *
   * @throws CommandError (3) when CloudFormation could not create it, or it was deleted; (4) when it cannot be asked
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
   * Executes the change set; CloudFormation rolls back on failure.
   *
   * @throws CommandError (3) when it is no longer usable, (4) when CloudFormation cannot be asked
   */
  async execute(): Promise<void> {
    // The token makes a retry after a lost response idempotent.
    const command = new ExecuteChangeSetCommand({ ...this.#id, ClientRequestToken: this.name });
    await this.#cloudformation.send(command).catch((error: unknown) => this.#requireBegun(error));
  }

  /** The response may be lost although the execution started. */
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

  /** Deletes it, if it still exists. Throws what the SDK throws. */
  async delete(): Promise<void> {
    await this.#cloudformation.send(new DeleteChangeSetCommand(this.#id)).catch((error: unknown) => {
      if (!isGone(error)) throw error;
    });
  }

  /**
   * Deletes the change sets that killed rollbacks left behind.
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

/** `quiltctl-rollback-3-20260102T030405-beef`, a unique name. */
function newName(number: number): string {
  return `${PREFIX}${number}-${compactTime(new Date())}-${randomBytes(2).toString('hex')}`;
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
