import { authorizeRoles } from '../../auth/authorization.ts';
import { defaultRoles } from '../../auth/default-roles.ts';
import { missingPermissions, TOOL_PERMISSIONS } from '../../auth/tool-permissions.ts';
import { codeOf } from './refusal.ts';

const tools = [...TOOL_PERMISSIONS.keys()];
const permissionsOf = (role: string) => authorizeRoles([role], defaultRoles('example'))?.permissions ?? [];
const refused = (role: string) => tools.filter((tool) => missingPermissions(tool, permissionsOf(role)).length > 0);

test('a tool lacks exactly what it needs and the token does not permit', () => {
  expect(missingPermissions('bucket_object_info', ['s3:GetObject'])).toEqual(['s3:GetObjectVersion']);
  expect(missingPermissions('bucket_object_info', ['s3:GetObjectVersion', 's3:GetObject'])).toEqual([]);
});

test('these tools need a valid token only', () => {
  expect(tools.filter((tool) => missingPermissions(tool, []).length === 0)).toEqual([
    'discover_buckets',
    'list_available_resources',
    'jwt_diagnostics',
    'validate_jwt_token',
    'session_diagnostics',
  ]);
});

test.each(['unlisted', '', 'constructor', '__proto__', 'Discover_Buckets'])('the tool %j is refused', async (tool) => {
  expect(await codeOf(() => missingPermissions(tool, permissionsOf('AdminQuilt')))).toBe('tool_not_listed');
});

test('of the shipped roles readers cannot change anything, writers and administrators can use every tool', () => {
  expect(refused('ReadOnlyQuilt')).toEqual(['bucket_objects_put', 'package_create', 'package_delete']);
  expect(refused('ReadWriteQuiltV2-example')).toEqual([]);
  expect(refused('AdminQuilt')).toEqual([]);
});
