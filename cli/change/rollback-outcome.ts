import type { RevisionRecord } from '../../contract/revision.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { firstFailure, type StackEvent } from './stack-events.ts';

/** How a rollback ended. */
export interface Outcome {
  readonly result: RollbackResult;
  /** For people. */
  readonly message: string;
  readonly exitCode: ExitCode;
}

export type RollbackResult =
  /** A check failed, or the changes require a flag. */
  | 'refused'
  | 'no-changes'
  /** A dry run. */
  | 'planned'
  | 'rolled-back'
  /** It failed, and CloudFormation restored the stack. */
  | 'went-back'
  /** It failed, and the stack needs manual repair. */
  | 'stuck'
  /** The watching was stopped. */
  | 'goes-on';

/** What is known when the stack operation has ended. */
export interface Ending {
  readonly stackName: string;
  /** The revision that was asked for. */
  readonly target: number;
  /** The revision that ran before. */
  readonly before: number;
  /** The final status of the stack. */
  readonly status: string;
  /** The new revision; `undefined` when the deploy gate did not admit the rollback. */
  readonly made: RevisionRecord | undefined;
  readonly events: readonly StackEvent[];
}

/** Interprets the end of a rollback. */
export function outcomeOf(ending: Ending): Outcome {
  switch (ending.status) {
    case 'UPDATE_COMPLETE':
      return ofComplete(ending);
    case 'UPDATE_ROLLBACK_COMPLETE':
      return ofReturned(ending);
    default:
      return ofStuck(ending);
  }
}

function ofComplete({ target, made }: Ending): Outcome {
  if (made?.verdict === 'good') {
    const message = `Revision ${made.number} is good: rolled back to ${target}.`;
    return { result: 'rolled-back', message, exitCode: EXIT.done };
  }
  if (made?.verdict === 'unverified') {
    const why = made.closedBecause ?? 'The canary did not verify it.';
    const message = `Revision ${made.number} is unverified: rolled back to ${target}. ${why}`;
    return { result: 'rolled-back', message, exitCode: EXIT.done };
  }
  const message =
    `CloudFormation rolled back to revision ${target}, but the deploy gate gave no verdict. ` +
    'Check the services with bin/quiltctl canary; see the log group of the deploy gate for the cause.';
  return { result: 'rolled-back', message, exitCode: EXIT.unexpected };
}

function ofReturned(ending: Ending): Outcome {
  const { target, before } = ending;
  const { why, exitCode } = reasonOf(ending);
  const message = `Rollback to revision ${target} failed; revision ${before} was restored. Cause: ${why}`;
  return { result: 'went-back', message, exitCode };
}

function reasonOf({ made, events }: Ending): { readonly why: string; readonly exitCode: ExitCode } {
  const failure = firstFailure(events);
  const said = failure?.reason || made?.closedBecause || 'unknown.';
  if (failure?.type === 'Custom::DeployGate') {
    return { why: `the deploy gate refused it. ${said}`, exitCode: EXIT.refused };
  }
  if (made !== undefined && made.failedChecks.length > 0) {
    const checks = made.failedChecks.map(({ name, reason }) => `\n  ✘ ${name}: ${reason}`);
    return { why: `the canary was red on revision ${made.number}.${checks.join('')}`, exitCode: EXIT.checkFailed };
  }
  // The canary gave no result.
  if (made?.closedBecause?.startsWith('canary-')) return { why: made.closedBecause, exitCode: EXIT.checkFailed };
  return { why: failure === undefined ? said : `${failure.resource} failed. ${said}`, exitCode: EXIT.unexpected };
}

function ofStuck({ stackName, target, status, events }: Ending): Outcome {
  const failed = events.findLast((event) => !event.ofStack && event.status.endsWith('_FAILED'));
  const where = failed === undefined ? '' : ` ${failed.resource}: ${failed.reason}`;
  const remedy =
    status === 'UPDATE_ROLLBACK_FAILED'
      ? `Fix the cause, then run \`aws cloudformation continue-update-rollback --stack-name ${stackName}\`.`
      : `Check the stack events, then run \`aws cloudformation rollback-stack --stack-name ${stackName}\`.`;
  return {
    result: 'stuck',
    message: `Rollback to revision ${target} failed; the stack ${stackName} is ${status}.${where}\n${remedy} Deployments are blocked until then.`,
    exitCode: EXIT.unexpected,
  };
}
