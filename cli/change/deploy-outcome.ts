import { stackFailureText } from '../../aws/stack.ts';
import type { RevisionRecord } from '../../contract/revision.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

/** How the CDK CLI ended. */
export interface CdkEnd {
  readonly succeeded: boolean;
  /** Whether a signal ended it; CloudFormation continues what it has started. */
  readonly interrupted: boolean;
}

/** What is known when the CDK CLI has ended. */
export interface DeployEnd {
  readonly cdk: CdkEnd;
  /** Whether CloudFormation is still changing a stack. */
  readonly underWay: boolean;
  /** The new revision; `undefined` when no service changed or the gate did not admit the deployment. */
  readonly revision: RevisionRecord | undefined;
  /** Why the deploy gate did not admit it. */
  readonly refusal: string | undefined;
}

/** How a deploy ended, for people and machines. */
export interface Outcome {
  readonly result: 'good' | 'unverified' | 'unchanged' | 'red' | 'refused' | 'failed' | 'interrupted';
  /** One line. */
  readonly message: string;
  readonly exitCode: ExitCode;
}

/** Interprets the end of a deployment. The revision's verdict counts, not the result of the CDK CLI. */
export function outcomeOf({ cdk, underWay, revision, refusal }: DeployEnd): Outcome {
  if (cdk.interrupted) {
    const message = underWay
      ? 'Interrupted. CloudFormation continues; bin/quiltctl history shows the result.'
      : 'Interrupted. CloudFormation is not changing anything; the next deployment continues from here.';
    return { result: 'interrupted', message, exitCode: EXIT.interrupted };
  }
  if (revision !== undefined) return ofRevision(revision, cdk);
  if (cdk.succeeded) {
    return {
      result: 'unchanged',
      message: 'No changes: the services already run this version.',
      exitCode: EXIT.done,
    };
  }
  if (refusal !== undefined) {
    return { result: 'refused', message: `The deploy gate refused: ${refusal}`, exitCode: EXIT.refused };
  }
  return failed('The CDK CLI failed before the services were changed; see its output above.');
}

function ofRevision(revision: RevisionRecord, { succeeded }: CdkEnd): Outcome {
  const { number, verdict } = revision;
  if (verdict === 'failed') return ofFailed(revision);
  if (verdict === 'open') {
    return failed(`Revision ${number} has no verdict yet; bin/quiltctl history shows it when CloudFormation finishes.`);
  }
  const judged = verdict === 'good' ? 'good' : `unverified: ${whyUnverified(revision)}`;
  if (succeeded)
    return { result: verdict, message: `Revision ${number} is ${judged}`.replace(/\.?$/, '.'), exitCode: EXIT.done };
  return failed(`Revision ${number} is ${verdict}, and the CDK CLI failed on another stack; see its output above.`);
}

function whyUnverified({ reason, closedBecause, failedChecks }: RevisionRecord): string {
  if (reason === undefined) return closedBecause ?? namesOf(failedChecks);
  return `${reason} (${failedChecks.length === 0 ? 'break-glass' : `break-glass; not verified: ${namesOf(failedChecks)}`})`;
}

/** A canary that is red or gave no result is a failed check; a service that does not start is not. */
function ofFailed({
  number,
  failedChecks,
  stackFailure,
  closedBecause = 'It ended without a verdict.',
}: RevisionRecord): Outcome {
  const back = 'CloudFormation rolled the services back.';
  if (failedChecks.length > 0) {
    const message = `Revision ${number} failed its canary: ${namesOf(failedChecks)}. ${back}`;
    return { result: 'red', message, exitCode: EXIT.checkFailed };
  }
  if (closedBecause.startsWith('canary-')) {
    return {
      result: 'red',
      message: `Revision ${number} failed: ${closedBecause} ${back}`,
      exitCode: EXIT.checkFailed,
    };
  }
  const what =
    stackFailure === undefined ? 'The CDK CLI output above shows what did not start.' : stackFailureText(stackFailure);
  return failed(`Revision ${number} failed: ${closedBecause} ${what}`);
}

function namesOf(checks: RevisionRecord['failedChecks']): string {
  return checks.map(({ name }) => name).join(', ');
}

function failed(message: string): Outcome {
  return { result: 'failed', message, exitCode: EXIT.unexpected };
}
