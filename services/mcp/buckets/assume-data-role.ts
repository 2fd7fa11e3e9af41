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
 * The longest that a role may be assumed for by a role, in seconds.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
 */
const DURATION_SECONDS = 3600;
const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 5_000;
const ATTEMPTS = 3;

/** What credentials are made for. */
export type Purpose = {
  readonly principal: Principal;
  /** The bare name. */
  readonly bucket: string;
  readonly action: BucketAction;
  /** What of the action's class the principal's token permits. */
  readonly actions: ClassActions;
};

/** Temporary credentials that can use one bucket in one way, in the name of one person. */
export type BucketCredentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
};

/** @throws ToolError `credentials_unavailable` */
type AssumeDataRole = (purpose: Purpose) => Promise<BucketCredentials>;

/**
 * Makes credentials of the data-access role, one STS call each.
 *
 * This is the only place where the task's own credentials are used. In a container they are those that ECS offers, and nothing
 * else is looked at, so that a key in the environment or in a file is not taken for them; elsewhere the SDK's default chain finds them.
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
      // The message of an AWS error names ARNs and may quote the request: only its name leaves this place.
      const fields = { sub: principal.claims.sub, bucket, action, error: nameOf(error) };
      logger.error({ event: 'credentials_failed', ...fields }, 'the data-access role could not be assumed');
      throw new ToolError(
        'credentials_unavailable',
        `No credentials could be made for the bucket ${bucket}. Try again later; the log of the service says why.`,
      );
    }
  };
}

class IncompleteAnswer extends Error {
  override readonly name = 'IncompleteAnswer';
}

function containerCredentials({ containerCredentials: { relativeUri, fullUri } }: DataAccess) {
  if (relativeUri === undefined && fullUri === undefined) return {};
  // One of the two: a given relative one comes first, as with the SDK's own chain.
  const options =
    relativeUri === undefined
      ? { awsContainerCredentialsFullUri: fullUri ?? '' }
      : { awsContainerCredentialsRelativeUri: relativeUri };
  return { credentials: fromHttp(options) };
}

/** Error codes of AWS and names of classes are words; anything else may hold anything. */
function nameOf(error: unknown): string {
  return error instanceof Error && /^[A-Za-z]{1,64}$/.test(error.name) ? error.name : 'unknown';
}

/**
 * What STS accepts as a session name and as a source identity.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
const ACCEPTED = /^[A-Za-z0-9_+=,.@-]{2,64}$/;
const HASHED = 'sha256=';

/**
 * How a person is called in CloudTrail: by the token's `sub`, as it is where STS accepts it. Else it is `sha256=` with the
 * SHA-256 of its UTF-8 bytes in base64url (RFC 4648 section 5), which an auditor can compute too. A `sub` that looks like such a
 * hash is hashed as well, so that nobody can be called like somebody else.
 */
export function sessionNameOf(subject: string): string {
  if (ACCEPTED.test(subject) && !subject.startsWith(HASHED)) return subject;
  return HASHED + hash('sha256', subject, 'base64url');
}
