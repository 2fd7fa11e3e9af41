import fc from 'fast-check';
import {
  type Authorization,
  authorizeRoles,
  missingPermissions,
  type RoleGrant,
  type RoleTable,
} from '../../auth/authorization.ts';
import { action, bucketName, level } from './arbitraries.ts';

const registry = ['bucket-one', 'bucket-two', 'bucket-three'];
const table: RoleTable = {
  roles: {
    Reader: { level: 'read', permissions: ['s3:ListBucket', 's3:GetObject'], buckets: ['bucket-two', 'bucket-gone'] },
    Writer: { level: 'write', permissions: ['s3:PutObject', 's3:GetObject'], buckets: 'registry' },
    Admin: { level: 'admin', permissions: ['s3:PutBucketPolicy'], buckets: '*' },
    Guest: { level: 'read', permissions: [], buckets: [] },
  },
  aliases: { OldReader: 'Reader' },
};

describe('one role', () => {
  test.each<[string, Authorization]>([
    [
      'Reader',
      { level: 'read', roles: ['Reader'], permissions: ['s3:GetObject', 's3:ListBucket'], buckets: ['bucket-two'] },
    ],
    [
      'Writer',
      {
        level: 'write',
        roles: ['Writer'],
        permissions: ['s3:GetObject', 's3:PutObject'],
        buckets: ['bucket-one', 'bucket-three', 'bucket-two'],
      },
    ],
    ['Admin', { level: 'admin', roles: ['Admin'], permissions: ['s3:PutBucketPolicy'], buckets: ['*'] }],
    ['Guest', { level: 'read', roles: ['Guest'], permissions: [], buckets: [] }],
  ])('%s gives what the table says, buckets as far as the registry lists them', (role, expected) => {
    expect(authorizeRoles([role], table, registry)).toEqual(expected);
  });

  test('an alias gives what its role gives, under the name that the registry used', () => {
    const reader = authorizeRoles(['Reader'], table, registry);
    expect(authorizeRoles(['OldReader'], table, registry)).toEqual({ ...reader, roles: ['OldReader'] });
  });

  test.each(['Unknown', '', 'reader', 'constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    '%j is unknown and gives nothing',
    (role) => {
      expect(authorizeRoles([role], table, registry)).toBeUndefined();
      expect(authorizeRoles([role, 'Reader'], table, registry)).toEqual(authorizeRoles(['Reader'], table, registry));
    },
  );

  test('a role that is really called like an object member is found', () => {
    const odd = JSON.parse('{"roles":{"constructor":{"level":"read","permissions":[],"buckets":[]}},"aliases":{}}');
    expect(authorizeRoles(['constructor'], odd, registry)?.roles).toEqual(['constructor']);
  });

  test('no role gives nothing', () => {
    expect(authorizeRoles([], table, registry)).toBeUndefined();
  });
});

describe('buckets', () => {
  test('without the registry’s list nothing but * is reached', () => {
    expect(authorizeRoles(['Reader', 'Writer'], table)?.buckets).toEqual([]);
    expect(authorizeRoles(['Admin'], table)?.buckets).toEqual(['*']);
  });

  test('a registry that lists * or paths does not widen anything', () => {
    expect(
      authorizeRoles(['Writer'], table, ['*', 's3://bucket-one', 'a/b', 'bucket-*', 'bucket-one'])?.buckets,
    ).toEqual(['bucket-one']);
  });
});

describe('several roles', () => {
  const names = ['A', 'B', 'C', 'D'];
  const grant: fc.Arbitrary<RoleGrant> = fc.record({
    level,
    permissions: fc.array(action, { maxLength: 6 }),
    buckets: fc.oneof(
      fc.constantFrom<RoleGrant['buckets']>('*', 'registry'),
      fc.subarray([...registry, 'bucket-gone']),
    ),
  });
  const tables: fc.Arbitrary<RoleTable> = fc
    .tuple(grant, grant, grant)
    .map(([A, B, C]) => ({ roles: { A, B, C }, aliases: { D: 'A' } }));
  const roleLists = fc.array(fc.constantFrom(...names, 'Unknown'), { maxLength: 6 });
  const order = ['read', 'write', 'admin'];
  const includes = (more: readonly string[], fewer: readonly string[]) =>
    more.includes('*') || fewer.every((item) => more.includes(item));

  test('give the highest level and everything that each gives', () => {
    expect(authorizeRoles(['Writer', 'Reader'], table, ['bucket-two'])).toEqual({
      level: 'write',
      roles: ['Reader', 'Writer'],
      permissions: ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
      buckets: ['bucket-two'],
    });
  });

  test('* absorbs every bucket name', () => {
    expect(authorizeRoles(['Reader', 'Admin', 'Writer'], table, registry)?.buckets).toEqual(['*']);
  });

  test('may come in any order', () => {
    fc.assert(
      fc.property(tables, roleLists, fc.infiniteStream(fc.nat()), (roles, list, random) => {
        const shuffled = list
          .map((name) => ({ name, at: random.next().value }))
          .sort((one, other) => one.at - other.at)
          .map(({ name }) => name);
        expect(authorizeRoles(shuffled, roles, registry)).toEqual(authorizeRoles(list, roles, registry));
      }),
    );
  });

  test('may be repeated', () => {
    fc.assert(
      fc.property(tables, roleLists, (roles, list) => {
        expect(authorizeRoles([...list, ...list], roles, registry)).toEqual(authorizeRoles(list, roles, registry));
      }),
    );
  });

  test('never give less than some of them', () => {
    fc.assert(
      fc.property(tables, roleLists, roleLists, (roles, list, more) => {
        const few = authorizeRoles(list, roles, registry);
        fc.pre(few !== undefined);
        const many = authorizeRoles([...list, ...more], roles, registry);
        expect(order.indexOf(many?.level ?? '')).toBeGreaterThanOrEqual(order.indexOf(few?.level ?? ''));
        expect(includes(many?.roles ?? [], few?.roles ?? [])).toBe(true);
        expect(includes(many?.permissions ?? [], few?.permissions ?? [])).toBe(true);
        expect(includes(many?.buckets ?? [], few?.buckets ?? [])).toBe(true);
      }),
    );
  });

  test('never give more than the roles do, nor a bucket that the registry does not list', () => {
    fc.assert(
      fc.property(tables, roleLists, fc.array(bucketName), (roles, list, buckets) => {
        const result = authorizeRoles(list, roles, buckets);
        const alone = list.map((name) => authorizeRoles([name], roles, buckets));
        for (const permission of result?.permissions ?? []) {
          expect(alone.some((one) => one?.permissions.includes(permission))).toBe(true);
        }
        for (const bucket of result?.buckets ?? []) {
          expect(alone.some((one) => one?.buckets.includes(bucket))).toBe(true);
          expect(bucket === '*' || buckets.includes(bucket)).toBe(true);
        }
      }),
    );
  });
});

describe('a call', () => {
  test('lacks exactly what it needs and the token does not permit', () => {
    const needed = ['s3:GetObject', 's3:GetObjectVersion'];
    expect(missingPermissions(needed, ['s3:GetObject'])).toEqual(['s3:GetObjectVersion']);
    expect(missingPermissions(needed, ['s3:GetObjectVersion', 's3:GetObject'])).toEqual([]);
    expect(missingPermissions([], [])).toEqual([]);
  });

  test.each(['s3:*', '*', 's3:getobject', 's3:GetObject ', 's3:GetObjec'])('is not permitted by %j', (permission) => {
    expect(missingPermissions(['s3:GetObject'], [permission])).toEqual(['s3:GetObject']);
  });
});
