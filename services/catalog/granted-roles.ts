import type { RegistryAccount } from './registry-client.ts';

/**
 * The roles a token is minted for.
 *
 * A person acts in one role at a time: switching it has to change what the next token allows, and roles that are merely
 * available would take that choice away. Where the registry names no active role it knows no switching, and all roles of
 * the person hold at once; those are merged.
 */
export function grantedRoles({ activeRole, roles }: RegistryAccount): readonly string[] {
  return activeRole === undefined ? roles : [activeRole];
}
