import { CommandError, EXIT } from './exit-codes.ts';

/** AWS refused the caller, rather than not being there. */
const REFUSALS = /AccessDenied|ExpiredToken|UnrecognizedClient|InvalidSignature|CredentialsProvider/;

/**
 * What the failure of an AWS call means for whoever gave the command.
 *
 * @param what - what did not work, as the beginning of a sentence
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

/** What a call to AWS gives; `undefined` when it fails with one of these errors, by which a service says that nothing is there. */
export async function undefinedOn<T>(call: Promise<T>, ...names: readonly string[]): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    // Not with errorName: names of EC2 have a full stop inside.
    if (error instanceof Error && names.includes(error.name)) return undefined;
    throw error;
  }
}

/** Errors of a service carry its answer; those of the way there have a code, or the name of a provider or a time-out. */
export function isFailureOfAws(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return '$metadata' in error || 'code' in error || /^(Timeout|Abort)Error$|Provider|Credentials/.test(error.name);
}
