import { authorizeRoles } from '../../auth/authorization.ts';
import { defaultRoles, isPermission } from '../../auth/default-roles.ts';

const registry = Array.from({ length: 32 }, (_, index) => `bucket-${index + 10}`);
const table = defaultRoles('example', ['bucket-10']);

test.each([
  ['ReadWriteQuiltV2-example', 'write', 24, registry],
  ['ReadWriteQuiltBucket', 'write', 24, registry],
  ['ReadOnlyQuilt', 'read', 20, ['bucket-10']],
  ['ReadQuiltV2', 'read', 20, ['bucket-10']],
  ['ReadQuiltV2-example', 'read', 20, ['bucket-10']],
  ['AdminQuilt', 'admin', 28, ['*']],
])('%s: level %s, %i permissions', (role, level, permissions, buckets) => {
  const granted = authorizeRoles([role], table, registry);
  expect(granted).toMatchObject({ level, roles: [role], buckets });
  expect(granted?.permissions).toHaveLength(permissions);
});

test('the roles of another stack are unknown', () => {
  expect(authorizeRoles(['ReadWriteQuiltV2-other', 'ReadQuiltV2-other'], table, registry)).toBeUndefined();
});

test('readers reach no bucket unless some are configured', () => {
  expect(authorizeRoles(['ReadOnlyQuilt'], defaultRoles('example'), registry)?.buckets).toEqual([]);
});

test('writers can do what readers cannot, and administrators what writers cannot', () => {
  const permissionsOf = (role: string) => authorizeRoles([role], table)?.permissions ?? [];
  const beyond = (more: string, fewer: string) =>
    permissionsOf(more).filter((permission) => !permissionsOf(fewer).includes(permission));
  expect(beyond('ReadWriteQuiltV2-example', 'ReadOnlyQuilt')).toEqual([
    's3:AbortMultipartUpload',
    's3:DeleteObject',
    's3:PutObject',
    's3:PutObjectAcl',
  ]);
  expect(beyond('AdminQuilt', 'ReadWriteQuiltV2-example')).toEqual([
    'glue:CreateTable',
    'iam:PassRole',
    's3:GetBucketPolicy',
    's3:PutBucketPolicy',
  ]);
  expect(beyond('ReadOnlyQuilt', 'AdminQuilt')).toEqual([]);
});

test('a tool may require only permissions that a shipped role grants', () => {
  const given = Object.values(table.roles).flatMap(({ permissions }) => permissions);
  expect(given.filter((permission) => !isPermission(permission))).toEqual([]);
  for (const other of ['s3:GetObjectTagging', 's3:*', 'S3:GetObject', '', undefined, ['s3:GetObject']]) {
    expect(isPermission(other)).toBe(false);
  }
});
