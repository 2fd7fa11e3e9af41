import { AuthError, type AuthErrorCode } from '../../auth/errors.ts';

/**
 * Runs something that has to be refused.
 *
 * @returns the refusal; anything else that happens fails the test
 */
export async function refusalOf(work: () => unknown): Promise<AuthError> {
  let result: unknown;
  try {
    result = await work();
  } catch (error) {
    if (error instanceof AuthError) return error;
    throw error;
  }
  throw new Error(`expected a refusal, got ${typeof result}`);
}

/** The code of a refusal. */
export async function codeOf(work: () => unknown): Promise<AuthErrorCode> {
  return (await refusalOf(work)).code;
}

/** Everything that a log of the error could show. */
export function visibleText(error: AuthError): string {
  return [
    error.message,
    error.stack,
    JSON.stringify(error),
    JSON.stringify(Object.entries(error)),
    String(error.cause),
  ].join();
}
