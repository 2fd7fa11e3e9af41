import { isBucketName } from './names.ts';

/** The rights of a principal. Lists are sorted and have no duplicates. */
export type Authorization = {
  readonly level: Level;
  /** Role names as the registry returned them (an alias stays an alias), if the table has them. */
  readonly roles: readonly string[];
  /** Full IAM action names. */
  readonly permissions: readonly string[];
  /** Bare bucket names, or `*` alone for every bucket. */
  readonly buckets: readonly string[];
};

/** The rights of one role. */
export type RoleGrant = {
  readonly level: Level;
  /** Full IAM action names, without wildcards. */
  readonly permissions: readonly string[];
  /**
   * - `*`: every bucket, even those that the registry does not list yet; the token carries `*`
   * - `registry`: the buckets that the registry lists for the caller when the token is minted, by name
   * - a list: these buckets, if the registry lists them
   */
  readonly buckets: '*' | 'registry' | readonly string[];
};

/** Role names and their rights; `parseRoleTable` validates one. */
export type RoleTable = {
  readonly roles: Readonly<Record<string, RoleGrant>>;
  /** Other names of the roles above. */
  readonly aliases: Readonly<Record<string, string>>;
};

/**
 * Combines the rights of several roles: the highest level, all permissions, all buckets; `*` absorbs every bucket name. Neither order
 * nor repetition matters.
 *
 * Each list is combined by itself, so a permission of one role applies to the buckets of another. If that is too much, pass only the
 * active role.
 *
 * @param roleNames - role names from the registry; unknown ones grant nothing
 * @param table - a validated table
 * @param registryBuckets - the bucket names that the registry lists; without them only `*` grants any bucket. Invalid S3 bucket names
 *   are dropped, so that one bad registry entry does not lock out every user.
 * @returns `undefined` when the table has none of the roles: then no token is minted
 */
export function authorizeRoles(
  roleNames: readonly string[],
  table: RoleTable,
  registryBuckets: readonly string[] = [],
): Authorization | undefined {
  const listed = new Set(registryBuckets.filter(isBucketName));
  const roles = new Set<string>();
  const permissions = new Set<string>();
  const buckets = new Set<string>();
  let level: Level = 'read';
  for (const name of roleNames) {
    const grant = grantOf(name, table);
    if (grant === undefined) continue;
    roles.add(name);
    level = higherLevel(level, grant.level);
    for (const permission of grant.permissions) permissions.add(permission);
    for (const bucket of bucketsOf(grant, listed)) buckets.add(bucket);
  }
  if (roles.size === 0) return undefined;
  return {
    level,
    roles: [...roles].sort(),
    permissions: [...permissions].sort(),
    buckets: buckets.has('*') ? ['*'] : [...buckets].sort(),
  };
}

/**
 * Compares the permissions that a call requires with those of a token. Names are compared literally: there are no wildcards.
 *
 * @param needed - full IAM action names; none if any valid token is enough
 * @param permissions - the token's `permissions`
 * @returns the missing ones; empty when the call is allowed
 */
export function missingPermissions(needed: readonly string[], permissions: readonly string[]): readonly string[] {
  return needed.filter((permission) => !permissions.includes(permission));
}

/** Own members only: a role named `constructor` must not match. */
function grantOf(name: string, { roles, aliases }: RoleTable): RoleGrant | undefined {
  const role = Object.hasOwn(aliases, name) ? aliases[name] : name;
  return role !== undefined && Object.hasOwn(roles, role) ? roles[role] : undefined;
}

function bucketsOf({ buckets }: RoleGrant, listed: ReadonlySet<string>): Iterable<string> {
  if (buckets === '*') return ['*'];
  if (buckets === 'registry') return listed;
  return buckets.filter((bucket) => listed.has(bucket));
}

/** The access level of a token; each level includes the ones before it. */
export type Level = 'read' | 'write' | 'admin';

/** The levels, lowest first. */
export const LEVELS: readonly Level[] = ['read', 'write', 'admin'];

/** Whether a value is a level. */
export function isLevel(value: unknown): value is Level {
  return LEVELS.some((level) => level === value);
}

/** The higher of two levels. */
function higherLevel(one: Level, other: Level): Level {
  return LEVELS.indexOf(one) < LEVELS.indexOf(other) ? other : one;
}

/**
 * The `scope` claim of a level (RFC 8693, section 4.2): the level and all that it includes, so that a check for `read` passes
 * at every level.
 *
 * @returns `read`, `read write` or `read write admin`
 */
export function scopeOf(level: Level): string {
  return LEVELS.slice(0, LEVELS.indexOf(level) + 1).join(' ');
}
