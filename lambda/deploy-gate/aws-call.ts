import { conditionHeld } from '../../aws/conditional-write.ts';
import { errorName } from '../../contract/safe-error.ts';
import { Refusal } from './refusal.ts';

/**
 * Waits for a call to AWS. Its failure is told by the error's name and never by its message, which may quote what was sent.
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

/**
 * Waits for a conditional write.
 *
 * @returns whether the condition held
 * @throws Refusal `aws-call-failed`
 */
export async function heldWhen(operation: string, write: Promise<unknown>): Promise<boolean> {
  return awsCall(operation, conditionHeld(write));
}
