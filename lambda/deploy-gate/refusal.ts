import { errorName } from '../../contract/safe-error.ts';
import { type LogFields, log } from '../shared/log.ts';

/**
 * Why a deploy is refused or, for the last ones before `unexpected`, why its record is incomplete. The codes are stable: logs, alarms
 * and the runbook use them.
 */
export type RefusalCode =
  | 'properties-invalid'
  | 'settings-invalid'
  | 'stack-not-in-progress'
  | 'contract-version'
  | 'lock-held'
  | 'rotation-in-step'
  | 'parameter-missing'
  | 'parameter-invalid'
  | 'canary-failed'
  | 'canary-red'
  | 'revision-not-open'
  | 'deploy-refused-before'
  | 'aws-call-failed'
  | 'template-unknown'
  | 'template-altered'
  | 'announcement-invalid'
  | 'unexpected';

/**
 * The deploy, or the given part of its record, must not proceed. The message is for the stack's events: what is wrong, where, what to
 * do, and never a value. Messages of other errors are never shown (see `errorName`).
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Does optional work: a failure is only logged.
 *
 * @param failure - the message of that log line, such as `lock not released`
 * @returns the result; `undefined` on failure
 */
export async function attempt<T>(
  failure: string,
  work: () => Promise<T>,
  fields: LogFields = {},
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const [code, reason] =
      error instanceof Refusal ? [error.code, error.message] : ['unexpected', `Unexpected ${errorName(error)}.`];
    log('error', failure, { ...fields, code, reason });
    return undefined;
  }
}

/**
 * Waits for a call to AWS. A failure is reported by the error's name, never its message, which may quote what was sent.
 *
 * @param operation - as an IAM action, `dynamodb:PutItem`
 * @throws Refusal `aws-call-failed`
 */
export async function awsCall<T>(operation: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new Refusal(
      'aws-call-failed',
      `${operation} failed with ${errorName(error)}. Check the role and the network of the deploy gate, then deploy again.`,
    );
  }
}
