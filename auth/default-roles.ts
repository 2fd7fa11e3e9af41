import type { RoleTable } from './authorization.ts';

const READ_PERMISSIONS = [
  'athena:BatchGetQueryExecution',
  'athena:GetQueryExecution',
  'athena:GetQueryResults',
  'athena:ListQueryExecutions',
  'athena:ListWorkGroups',
  'athena:StartQueryExecution',
  'athena:StopQueryExecution',
  'glue:GetDatabase',
  'glue:GetDatabases',
  'glue:GetTable',
  'glue:GetTables',
  'iam:GetPolicy',
  'iam:GetPolicyVersion',
  'iam:ListAttachedUserPolicies',
  'iam:ListUserPolicies',
  's3:GetBucketLocation',
  's3:GetObject',
  's3:GetObjectVersion',
  's3:ListAllMyBuckets',
  's3:ListBucket',
] as const;

const WRITE_PERMISSIONS = [
  ...READ_PERMISSIONS,
  's3:AbortMultipartUpload',
  's3:DeleteObject',
  's3:PutObject',
  's3:PutObjectAcl',
] as const;

const ADMIN_PERMISSIONS = [
  ...WRITE_PERMISSIONS,
  'glue:CreateTable',
  'iam:PassRole',
  's3:GetBucketPolicy',
  's3:PutBucketPolicy',
] as const;

/** A permission that a shipped role grants, and so the only ones that a tool may require: no default role grants any other. */
export type Permission = (typeof ADMIN_PERMISSIONS)[number];

/** Whether a shipped role grants a permission; administrators have all of them. */
export function isPermission(value: unknown): value is Permission {
  return ADMIN_PERMISSIONS.some((permission) => permission === value);
}

/**
 * The shipped role table: the three roles of a Quilt stack and their older names. An environment with other roles has its own table.
 *
 * Writers get the buckets that the registry lists for them, administrators all buckets, readers the given ones.
 *
 * @param stackName - name of the Quilt stack, which its role names end with
 * @param readOnlyBuckets - bare names of the buckets for `ReadOnlyQuilt`, if the registry lists them
 */
export function defaultRoles(stackName: string, readOnlyBuckets: readonly string[] = []): RoleTable {
  const writer = `ReadWriteQuiltV2-${stackName}`;
  return {
    roles: {
      [writer]: { level: 'write', permissions: WRITE_PERMISSIONS, buckets: 'registry' },
      ReadOnlyQuilt: { level: 'read', permissions: READ_PERMISSIONS, buckets: readOnlyBuckets },
      AdminQuilt: { level: 'admin', permissions: ADMIN_PERMISSIONS, buckets: '*' },
    },
    aliases: {
      ReadQuiltV2: 'ReadOnlyQuilt',
      [`ReadQuiltV2-${stackName}`]: 'ReadOnlyQuilt',
      ReadWriteQuiltBucket: writer,
    },
  };
}
