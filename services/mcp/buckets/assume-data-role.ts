import { hash } from 'node:crypto';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { fromHttp } from '@aws-sdk/credential-provider-http';
import type { BucketAction, ClassActions } from '../../../contract/bucket-actions.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Principal } from '../principal.ts';
import { ToolError } from '../reasons.ts';
import type { DataAccess } from './data-access.ts';
import { sessionPolicy } from './session-policy.ts';

/**
 * The maximum session duration for role chaining, in seconds.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
 */
const DURATION_SECONDS = 3600;
const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 5_000;
const ATTEMPTS = 3;

/** The scope of a set of credentials. */
export type Purpose = {
  readonly principal: Principal;
  /** The bare name. */
  readonly bucket: string;
  readonly action: BucketAction;
  /** The actions of the class that the principal's token permits. */
  readonly actions: ClassActions;
};

/** Temporary credentials for one principal, one bucket and one class of actions. */
export type BucketCredentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
};

/** @throws ToolError `credentials_unavailable` */
type AssumeDataRole = (purpose: Purpose) => Promise<BucketCredentials>;

/**
 * Creates credentials of the data-access role with one STS call each.
 *
 * Only this module uses the task's own credentials. In a container, it reads only the ECS credentials endpoint, so that a key in
 * the environment or in a file is never used instead. Elsewhere the SDK's default chain applies.
 */
export function createAssumeDataRole(access: DataAccess, logger: Logger): AssumeDataRole {
  const sts = new STSClient({
    region: access.region,
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
    ...containerCredentials(access),
  });

  return async ({ principal, bucket, action, actions }) => {
    const name = sessionNameOf(principal.claims.sub);
    const command = new AssumeRoleCommand({
      RoleArn: access.roleArn,
      RoleSessionName: name,
      SourceIdentity: name,
      DurationSeconds: DURATION_SECONDS,
      Policy: sessionPolicy({ partition: access.partition, bucket, action, actions }),
    });
    try {
      const { Credentials: made } = await sts.send(command);
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = made ?? {};
      if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) throw new IncompleteAnswer();
      return {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
        expiration: Expiration,
      };
    } catch (error) {
      // The message of an AWS error names ARNs and may quote the request. Log only its name.
      const fields = { sub: principal.claims.sub, bucket, action, error: nameOf(error) };
      logger.error({ event: 'credentials_failed', ...fields }, 'the data-access role could not be assumed');
      throw new ToolError(
        'credentials_unavailable',
        `Could not get credentials for the bucket ${bucket}. Try again later; the service log has the reason.`,
      );
    }
  };
}

class IncompleteAnswer extends Error {
  override readonly name = 'IncompleteAnswer';
}

function containerCredentials({ containerCredentials: { relativeUri, fullUri } }: DataAccess) {
  if (relativeUri === undefined && fullUri === undefined) return {};
  // Only one of the two: as in the SDK's own chain, the relative URI takes precedence.
  const options =
    relativeUri === undefined
      ? { awsContainerCredentialsFullUri: fullUri ?? '' }
      : { awsContainerCredentialsRelativeUri: relativeUri };
  return { credentials: fromHttp(options) };
}

/** AWS error codes and class names are single words; any other text could contain anything. */
function nameOf(error: unknown): string {
  return error instanceof Error && /^[A-Za-z]{1,64}$/.test(error.name) ? error.name : 'unknown';
}

/**
 * The characters that STS accepts in a session name and a source identity.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
const ACCEPTED = /^[A-Za-z0-9_+=,.@-]{2,64}$/;
const HASHED = 'sha256=';

/**
 * The session name of a principal in CloudTrail: the token's `sub`, where STS accepts it. Otherwise `sha256=` with the SHA-256 of
 * its UTF-8 bytes in base64url (RFC 4648 section 5), which an auditor can compute too. A `sub` that has the form of such a hash is
 * hashed as well, so that no principal can appear under the name of another.
 */
export function sessionNameOf(subject: string): string {
  if (ACCEPTED.test(subject) && !subject.startsWith(HASHED)) return subject;
  return HASHED + hash('sha256', subject, 'base64url');
}
