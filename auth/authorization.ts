import { isBucketName } from './names.ts';

/** What a principal may do. Lists are sorted and hold nothing twice. */
export type Authorization = {
  readonly level: Level;
  /** Role names as the registry gave them (an alias stays an alias), those that the table knows. */
  readonly roles: readonly string[];
  /** Full IAM action names. */
  readonly permissions: readonly string[];
  /** Bare bucket names, or `*` alone for every bucket. */
  readonly buckets: readonly string[];
};

/** What one role gives. */
export type RoleGrant = {
  readonly level: Level;
  /** Full IAM action names, without wildcards. */
  readonly permissions: readonly string[];
  /**
   * - `*`: every bucket, also those that the registry does not list yet; the token carries `*`
   * - `registry`: the buckets that the registry lists for the caller at the time of minting, by name
   * - a list: these, as far as the registry lists them
   */
  readonly buckets: '*' | 'registry' | readonly string[];
};

/** Role names to what they give; `parseRoleTable` checks one. */
export type RoleTable = {
  readonly roles: Readonly<Record<string, RoleGrant>>;
  /** Other names of the roles above. */
  readonly aliases: Readonly<Record<string, string>>;
};

/**
 * Joins what several roles give: the highest level, all permissions, all buckets; `*` absorbs every bucket name. Neither
 * order nor repetition matters.
 *
 * The lists are joined each for itself: a permission of one role then holds for the buckets of another. Give it the active
 * role alone where that is too much.
 *
 * @param roleNames - role names from the registry; unknown ones give nothing
 * @param table - a checked table
 * @param registryBuckets - the bucket names that the registry lists; without them only `*` reaches any bucket. Names that no
 *   S3 bucket can have are left out, so that one bad entry of the registry does not lock everybody out.
 * @returns `undefined` when the table knows none of the roles: there is nothing to mint a token for
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
 * Compares what a call needs with what a token permits. Names are compared as they stand: there are no wildcards.
 *
 * @param needed - full IAM action names; none when any valid token is enough
 * @param permissions - the token's `permissions`
 * @returns those that are missing; empty when the call may be made
 */
export function missingPermissions(needed: readonly string[], permissions: readonly string[]): readonly string[] {
  return needed.filter((permission) => !permissions.includes(permission));
}

/** Own members only: a role called `constructor` must find nothing. */
function grantOf(name: string, { roles, aliases }: RoleTable): RoleGrant | undefined {
  const role = Object.hasOwn(aliases, name) ? aliases[name] : name;
  return role !== undefined && Object.hasOwn(roles, role) ? roles[role] : undefined;
}

function bucketsOf({ buckets }: RoleGrant, listed: ReadonlySet<string>): Iterable<string> {
  if (buckets === '*') return ['*'];
  if (buckets === 'registry') return listed;
  return buckets.filter((bucket) => listed.has(bucket));
}

/** What a token allows at most, each level including the ones before it. */
export type Level = 'read' | 'write' | 'admin';

/** The levels, lowest first. */
export const LEVELS: readonly Level[] = ['read', 'write', 'admin'];

/** Tells whether a value names a level. */
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
