import { grantedRoles } from '../../../services/catalog/registry-client.ts';

const account = { name: 'alice', buckets: [], roles: ['Readers', 'Admins'] };

test('the active role alone, however many others there are to switch to', () => {
  expect(grantedRoles({ ...account, activeRole: 'Readers' })).toEqual(['Readers']);
});

test('all roles when the registry names no active one (F08)', () => {
  expect(grantedRoles({ ...account, activeRole: undefined })).toEqual(['Readers', 'Admins']);
});

test('no role, no grant', () => {
  expect(grantedRoles({ ...account, roles: [], activeRole: undefined })).toEqual([]);
});
