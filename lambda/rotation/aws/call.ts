import { errorName } from '../../../contract/safe-error.ts';

/** A failed AWS call, with the operation and the error's name: its message may quote the request. */
export class AwsCallFailed extends Error {
  override readonly name = 'AwsCallFailed';

  /** @param operation - as an IAM action, `ssm:PutParameter` */
  constructor(operation: string, error: unknown) {
    super(`${operation} failed with ${errorName(error)}. Check the role and the network of the rotation function.`);
  }
}

/**
 * Waits for a call to AWS.
 *
 * @throws AwsCallFailed
 */
export async function awsCall<T>(operation: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new AwsCallFailed(operation, error);
  }
}
