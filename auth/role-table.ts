import { isLevel, type RoleGrant, type RoleTable } from './authorization.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from './encoding.ts';
import { AuthError, type AuthorizationErrorCode } from './errors.ts';
import { isActionName, isBucketName, isPlainText } from './names.ts';

/**
 * Parses a role table: `{ "roles": { NAME: { "level", "permissions", "buckets" } }, "aliases"?: { NAME: ROLE } }`, with the values of
 * `RoleTable`. The configuration (before synthesis) and the service (at start) use the same check.
 *
 * @param json - the table's JSON text, or `undefined` if it is not set
 * @throws AuthError with an `AuthorizationErrorCode`; its message names the place in the table and does not quote the JSON text.
 */
export function parseRoleTable(json: string | undefined): RoleTable {
  if (json === undefined || json.trim() === '') {
    throw new AuthError('role_table_missing', 'The role table is missing or empty. Configure at least one role.');
  }
  const table = parseJsonObject(json);
  if (table === undefined)
    throw new AuthError('role_table_json_invalid', 'The role table is not a JSON object. Correct the configuration.');
  assertMembers(table, 'the top', ['roles'], ['aliases']);
  const roles = parseRoles(table.roles);
  return { roles, aliases: parseAliases(table.aliases ?? {}, roles) };
}

function parseRoles(roles: unknown): RoleTable['roles'] {
  if (!isJsonObject(roles) || Object.keys(roles).length === 0) {
    throw refusal('role_table_shape_invalid', 'roles', 'must be an object with at least one role');
  }
  return Object.fromEntries(
    Object.entries(roles).map(([name, grant]) => {
      assertRoleName(name, 'roles');
      return [name, parseGrant(grant, `roles[${JSON.stringify(name)}]`)];
    }),
  );
}

function parseGrant(grant: unknown, where: string): RoleGrant {
  if (!isJsonObject(grant)) throw refusal('role_table_shape_invalid', where, 'must be an object');
  assertMembers(grant, where, ['level', 'permissions', 'buckets']);
  if (!isLevel(grant.level)) throw refusal('role_level_unknown', `${where}.level`, 'must be read, write or admin');
  return {
    level: grant.level,
    permissions: parsePermissions(grant.permissions, `${where}.permissions`),
    buckets: parseBuckets(grant.buckets, `${where}.buckets`),
  };
}

function parsePermissions(permissions: unknown, where: string): readonly string[] {
  if (!Array.isArray(permissions)) {
    throw refusal('role_permission_invalid', where, 'must be a list, which may be empty');
  }
  return permissions.map((permission: unknown, index) => {
    if (isActionName(permission)) return permission;
    throw refusal(
      'role_permission_invalid',
      `${where}[${index}]`,
      'must be one full action name such as s3:GetObject; wildcards are not expanded',
    );
  });
}

function parseBuckets(buckets: unknown, where: string): RoleGrant['buckets'] {
  if (buckets === '*' || buckets === 'registry') return buckets;
  if (!Array.isArray(buckets)) {
    throw refusal('role_bucket_invalid', where, 'must be "*", "registry" or a list of bucket names');
  }
  return buckets.map((bucket: unknown, index) => {
    if (isBucketName(bucket)) return bucket;
    throw refusal(
      'role_bucket_invalid',
      `${where}[${index}]`,
      'must be a bare bucket name: no s3://, no path, no wildcard. For every bucket write "*" instead of the list',
    );
  });
}

function parseAliases(aliases: unknown, roles: RoleTable['roles']): RoleTable['aliases'] {
  if (!isJsonObject(aliases)) throw refusal('role_table_shape_invalid', 'aliases', 'must be an object');
  return Object.fromEntries(
    Object.entries(aliases).map(([alias, role]) => {
      assertRoleName(alias, 'aliases');
      const where = `aliases[${JSON.stringify(alias)}]`;
      if (Object.hasOwn(roles, alias))
        throw refusal('role_alias_invalid', where, 'an alias cannot have the name of a role');
      if (typeof role !== 'string' || !Object.hasOwn(roles, role)) {
        throw refusal('role_alias_invalid', where, 'must name one of the roles (an alias cannot name an alias)');
      }
      return [alias, role];
    }),
  );
}

function assertRoleName(name: string, where: string): void {
  if (!isPlainText(name)) {
    throw refusal('role_name_invalid', where, 'a name must not be blank or contain control characters');
  }
}

/** An unknown member is a typing error, which must not pass in a grant. */
function assertMembers(
  value: JsonObject,
  where: string,
  required: readonly string[],
  optional: readonly string[] = [],
): void {
  const missing = required.find((member) => !Object.hasOwn(value, member));
  if (missing !== undefined) throw refusal('role_table_shape_invalid', where, `lacks the member ${missing}`);
  const unknown = Object.keys(value).find((member) => !required.includes(member) && !optional.includes(member));
  if (unknown !== undefined) {
    throw refusal('role_table_shape_invalid', where, `has the unknown member ${JSON.stringify(unknown)}`);
  }
}

function refusal(code: AuthorizationErrorCode, where: string, rule: string): AuthError {
  return new AuthError(code, `The role table, at ${where}: ${rule}.`);
}
