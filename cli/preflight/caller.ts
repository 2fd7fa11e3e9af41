import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { errorName } from '../../contract/safe-error.ts';
import { awsFailure } from '../aws-failure.ts';
import { EXIT } from '../exit-codes.ts';
import { type Finding, ok, refused } from './finding.ts';

/** Whose credentials they are, and whether they are for this environment. */
export interface CallerFindings {
  readonly findings: readonly Finding[];
  /** ARN of the principal; `undefined` when the credentials are invalid or for another account. */
  readonly caller: string | undefined;
}

/**
 * Asks AWS for the caller. This needs valid credentials, but no permission.
 *
 * @param sts - a client for the configured region, which has to be enabled for the account
 * @throws CommandError (4) when AWS cannot be reached
 */
export async function callerFindings(
  sts: STSClient,
  { account, region }: Pick<EnvironmentConfig, 'account' | 'region'>,
): Promise<CallerFindings> {
  const answer = await sts.send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
    const failure = awsFailure('Could not identify the caller', error);
    if (failure.exitCode === EXIT.refused || isInvalid(error)) return errorName(error);
    throw failure;
  });
  if (typeof answer === 'string') {
    const remedy = `Sign in again, or select a profile for account ${account} with AWS_PROFILE.`;
    const invalid = { about: 'credentials', ...refused(`AWS does not accept them (${answer})`, remedy) };
    return { findings: [invalid], caller: undefined };
  }
  const credentials = { about: 'credentials', ...ok(answer.Arn ?? 'accepted') };
  const about = 'account and region';
  if (answer.Account === account) {
    return { findings: [credentials, { about, ...ok(`${account}, ${region}`) }], caller: answer.Arn };
  }
  const place = refused(
    `the credentials are for account ${answer.Account}, the configuration is for account ${account}`,
    'Sign in to that account, or select another environment with --environment.',
  );
  return { findings: [credentials, { about, ...place }], caller: undefined };
}

/** Whether the credentials do not exist, or are not valid in this partition or region. */
function isInvalid(error: unknown): boolean {
  return /^(InvalidClientTokenId|RegionDisabledException|SignatureDoesNotMatch|AuthFailure)$/.test(errorName(error));
}
