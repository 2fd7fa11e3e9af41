import { CommandError, EXIT } from './exit-codes.ts';

/** Errors by which AWS refuses the caller, as opposed to being unreachable. */
const REFUSALS = /AccessDenied|ExpiredToken|UnrecognizedClient|InvalidSignature|CredentialsProvider/;

/**
 * Turns the failure of an AWS call into an error for the user.
 *
 * @param what - what failed, as the beginning of a sentence
 * @returns an error with exit code 3 when AWS refused the caller, else 4
 */
export function awsFailure(what: string, error: unknown): CommandError {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return new CommandError(
    `${what}: ${message.replace(/\.$/, '')}. ` +
      'Is the environment deployed, and are your AWS credentials for its account and Region?',
    REFUSALS.test(name) ? EXIT.refused : EXIT.unreachable,
  );
}

/** The result of a call to AWS; `undefined` when it fails with one of these errors, which mean that the resource does not exist. */
export async function undefinedOn<T>(call: Promise<T>, ...names: readonly string[]): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    // Not with errorName: EC2's error names contain a full stop.
    if (error instanceof Error && names.includes(error.name)) return undefined;
    throw error;
  }
}

/** Service errors carry response metadata; network, credential and timeout errors have a code or a telling name. */
export function isFailureOfAws(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return '$metadata' in error || 'code' in error || /^(Timeout|Abort)Error$|Provider|Credentials/.test(error.name);
}
