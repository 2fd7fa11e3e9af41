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

/** A permission that a shipped role gives: what a tool may need. No role of a default deployment gives another one. */
export type Permission = (typeof ADMIN_PERMISSIONS)[number];

/** Whether a shipped role gives a permission; administrators have every one of them. */
export function isPermission(value: unknown): value is Permission {
  return ADMIN_PERMISSIONS.some((permission) => permission === value);
}

/**
 * The shipped role table: the three roles of a Quilt stack and the older names that they go by. An environment with other
 * roles writes its own table.
 *
 * Writers reach what the registry lists for them, administrators everything, readers the buckets given here.
 *
 * @param stackName - name of the Quilt stack, which its role names end with
 * @param readOnlyBuckets - bare names of the buckets that `ReadOnlyQuilt` reaches, as far as the registry lists them
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
