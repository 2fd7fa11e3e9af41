/**
 * Why a deploy is refused, or, for the last ones before `unexpected`, why its record lacks something. The codes are stable: logs,
 * alarms and the runbook use them.
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
 * The deploy, or that part of its record, must not go on. Its message is written for the stack's events: what is wrong, where, what to do, and never a
 * value. No other error's message is ever shown (see `errorName`).
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}
