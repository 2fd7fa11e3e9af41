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
