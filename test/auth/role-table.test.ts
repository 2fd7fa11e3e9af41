import { defaultRoles } from '../../auth/default-roles.ts';
import { parseRoleTable } from '../../auth/role-table.ts';
import { refusalOf } from './refusal.ts';

const grant = { level: 'read', permissions: ['s3:GetObject'], buckets: ['bucket-one'] };
const json = (value: unknown) => JSON.stringify(value);
const role = (change: object) => json({ roles: { Reader: { ...grant, ...change } } });

test('a table is read back as it was written', () => {
  const table = { roles: { Reader: grant, Writer: { ...grant, buckets: 'registry' } }, aliases: { Old: 'Reader' } };
  expect(parseRoleTable(json(table))).toEqual(table);
});

test('aliases may be left out', () => {
  expect(parseRoleTable(role({ buckets: '*' }))).toEqual({
    roles: { Reader: { ...grant, buckets: '*' } },
    aliases: {},
  });
});

test('the shipped table passes', () => {
  const table = defaultRoles('example', ['bucket-one']);
  expect(parseRoleTable(json(table))).toEqual(table);
});

test('a role may have any name, and is found by it alone', () => {
  const table = parseRoleTable(`{"roles":{"__proto__":${json(grant)}}}`);
  expect(Object.entries(table.roles)).toEqual([['__proto__', grant]]);
});

test.each([
  ['missing', undefined, 'role_table_missing', 'Configure at least one role'],
  ['blank', ' \n', 'role_table_missing', 'Configure at least one role'],
  ['no JSON', '{"roles":', 'role_table_json_invalid', 'not a JSON object'],
  ['a list', '[]', 'role_table_json_invalid', 'not a JSON object'],
  ['without roles', '{}', 'role_table_shape_invalid', 'lacks the member roles'],
  ['with an unknown member', json({ roles: { Reader: grant }, alias: {} }), 'role_table_shape_invalid', '"alias"'],
  ['roles as a list', json({ roles: [grant] }), 'role_table_shape_invalid', 'at roles'],
  ['no role at all', json({ roles: {} }), 'role_table_shape_invalid', 'at least one role'],
  ['a blank role name', json({ roles: { ' ': grant } }), 'role_name_invalid', 'at roles'],
  ['a role name with a newline', json({ roles: { 'a\nb': grant } }), 'role_name_invalid', 'at roles'],
  ['a role that is no object', json({ roles: { Reader: 'read' } }), 'role_table_shape_invalid', 'roles["Reader"]'],
  ['a role without buckets', role({ buckets: undefined }), 'role_table_shape_invalid', 'lacks the member buckets'],
  ['a role with an unknown member', role({ bucket: [] }), 'role_table_shape_invalid', '"bucket"'],
  [
    'an unknown level',
    role({ level: 'owner' }),
    'role_level_unknown',
    'roles["Reader"].level: must be read, write or admin',
  ],
  [
    'permissions as text',
    role({ permissions: 's3:GetObject' }),
    'role_permission_invalid',
    'roles["Reader"].permissions',
  ],
  ['a permission without service', role({ permissions: ['GetObject'] }), 'role_permission_invalid', 'permissions[0]'],
  ['a permission without action', role({ permissions: ['s3:'] }), 'role_permission_invalid', 'permissions[0]'],
  ['a wildcard', role({ permissions: ['s3:GetObject', 's3:*'] }), 'role_permission_invalid', 'permissions[1]'],
  ['a number as permission', role({ permissions: [1] }), 'role_permission_invalid', 'permissions[0]'],
  ['other text as buckets', role({ buckets: 'all' }), 'role_bucket_invalid', '"*", "registry" or a list'],
  ['a bucket address', role({ buckets: ['s3://bucket-one'] }), 'role_bucket_invalid', 'buckets[0]'],
  ['a bucket path', role({ buckets: ['bucket-one/data'] }), 'role_bucket_invalid', 'buckets[0]'],
  ['* in a list', role({ buckets: ['bucket-one', '*'] }), 'role_bucket_invalid', 'write "*" instead of the list'],
  ['a bucket name of two characters', role({ buckets: ['ab'] }), 'role_bucket_invalid', 'buckets[0]'],
  ['aliases as a list', json({ roles: { Reader: grant }, aliases: [] }), 'role_table_shape_invalid', 'at aliases'],
  ['a blank alias', json({ roles: { Reader: grant }, aliases: { '': 'Reader' } }), 'role_name_invalid', 'at aliases'],
  [
    'an alias of nothing',
    json({ roles: { Reader: grant }, aliases: { Old: 'Gone' } }),
    'role_alias_invalid',
    'aliases["Old"]',
  ],
  [
    'an alias of an object member',
    json({ roles: { Reader: grant }, aliases: { Old: 'constructor' } }),
    'role_alias_invalid',
    'aliases["Old"]',
  ],
  [
    'an alias of an alias',
    json({ roles: { Reader: grant }, aliases: { Old: 'Reader', Older: 'Old' } }),
    'role_alias_invalid',
    'aliases["Older"]',
  ],
  [
    'an alias with the name of a role',
    json({ roles: { Reader: grant }, aliases: { Reader: 'Reader' } }),
    'role_alias_invalid',
    'aliases["Reader"]',
  ],
])('a table is refused: %s', async (_, text, code, where) => {
  const error = await refusalOf(() => parseRoleTable(text));
  expect(error.code).toBe(code);
  expect(error.message).toContain(where);
});

test('a secret that was configured as the table by mistake is not quoted', async () => {
  const secret = 's'.repeat(64);
  expect((await refusalOf(() => parseRoleTable(secret))).message).not.toContain(secret);
});
