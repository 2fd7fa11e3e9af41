import { isBucketPattern } from '../../../auth/bucket-pattern.ts';
import {
  AWS_CONTAINER_CREDENTIALS_FULL_URI,
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI,
  AWS_REGION,
  QUILT_DATA_BUCKETS,
  QUILT_DATA_ROLE_ARN,
} from '../../../contract/service-variables.ts';
import { optionalText, type Setting, SettingError, StartError } from '../../shared/settings.ts';

const ROLE_ARN = /^arn:(aws[a-z-]*):iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/;
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

/** The data access that the deployment gives to this service. */
export type DataAccess = {
  /** The role that bucket credentials come from. */
  readonly roleArn: string;
  /** The AWS partition of role and buckets, such as `aws` or `aws-us-gov`. */
  readonly partition: string;
  /** Bucket names, and patterns as in {@link isBucketPattern}. */
  readonly buckets: readonly string[];
  readonly region: string;
  /** Where ECS serves the task role's credentials; both undefined outside of a container. */
  readonly containerCredentials: { readonly relativeUri: string | undefined; readonly fullUri: string | undefined };
};

/** The settings that {@link resolveDataAccess} needs. */
export const dataAccessSettings = {
  dataRoleArn: optional(QUILT_DATA_ROLE_ARN, (found) => {
    if (ROLE_ARN.test(found)) return found;
    throw new SettingError('must be the ARN of a role; for example arn:aws:iam::111122223333:role/data-access');
  }),
  dataBuckets: optional(QUILT_DATA_BUCKETS, (found) => {
    const buckets = found.split(',').map((each) => each.trim());
    if (buckets.every(isBucketPattern)) return buckets;
    throw new SettingError(
      'must be bucket names or patterns such as data-*, with a comma between them and no bare *; for example data-*,images',
    );
  }),
  region: optional(AWS_REGION, (found) => {
    if (REGION.test(found)) return found;
    throw new SettingError('must be the code of a region; for example us-east-1');
  }),
  credentialsRelativeUri: optionalText(AWS_CONTAINER_CREDENTIALS_RELATIVE_URI),
  credentialsFullUri: optionalText(AWS_CONTAINER_CREDENTIALS_FULL_URI),
};

type DataAccessSettings = {
  readonly [Name in keyof typeof dataAccessSettings]: Awaited<ReturnType<(typeof dataAccessSettings)[Name]['read']>>;
};

/**
 * Combines the settings; `undefined` when the deployment names no bucket, so that no bucket is reachable.
 *
 * @throws StartError when role or buckets are set without the other, or without a region
 */
export function resolveDataAccess(settings: DataAccessSettings): DataAccess | undefined {
  const { dataRoleArn: roleArn, dataBuckets: buckets, region } = settings;
  if (roleArn === undefined && buckets === undefined) return undefined;
  if (roleArn === undefined)
    throw new StartError([`${QUILT_DATA_ROLE_ARN}: is missing, but ${QUILT_DATA_BUCKETS} is set; set both or neither`]);
  if (buckets === undefined)
    throw new StartError([`${QUILT_DATA_BUCKETS}: is missing, but ${QUILT_DATA_ROLE_ARN} is set; set both or neither`]);
  if (region === undefined)
    throw new StartError([`${AWS_REGION}: is missing; set it to the region of the task, as ECS does`]);
  const [, partition = ''] = ROLE_ARN.exec(roleArn) ?? [];
  const containerCredentials = { relativeUri: settings.credentialsRelativeUri, fullUri: settings.credentialsFullUri };
  return { roleArn, partition, buckets, region, containerCredentials };
}

function optional<T>(name: string, parse: (found: string) => T): Setting<T | undefined> {
  const { read } = optionalText(name);
  return {
    name,
    read: async (text) => {
      const found = await read(text);
      return found === undefined ? undefined : parse(found);
    },
  };
}
