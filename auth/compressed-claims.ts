import { isJsonObject, type JsonObject } from './encoding.ts';
import { AuthError } from './errors.ts';

/** The names that older mints shortened `buckets`, `level`, `permissions`, `roles` and `scope` to. */
const SHORT_NAMES = ['b', 'l', 'p', 'r', 's'] as const;

/** The claims that older mints packed: as a string, as `{ _type, _data }`, or as a list of abbreviations. */
const PACKED_CLAIMS = ['buckets', 'permissions', 'roles'] as const;

/**
 * Refuses the compressed forms of older mints by name, since "claim missing" would send their users looking for the wrong
 * thing. They are not expanded: two forms of one authorization are two chances to read it differently.
 *
 * @param claims - the token's claims, as they were read
 * @throws AuthError `token_compressed_claims`
 */
export function refuseCompressedClaims(claims: JsonObject): void {
  for (const name of SHORT_NAMES) {
    if (Object.hasOwn(claims, name)) throw compressed(`it has the abbreviated claim ${name}`);
  }
  for (const name of PACKED_CLAIMS) {
    const value = claims[name];
    if (typeof value === 'string') throw compressed(`its claim ${name} is a string`);
    if (isJsonObject(value) && ('_type' in value || '_data' in value)) throw compressed(`its claim ${name} is packed`);
  }
  const permissions = claims.permissions;
  if (Array.isArray(permissions) && permissions.some((value) => typeof value === 'string' && !value.includes(':'))) {
    throw compressed('its permissions are abbreviated');
  }
}

/**
 * The refusal of a compressed token.
 *
 * @param how - what gave the compression away
 */
export function compressed(how: string): AuthError {
  return new AuthError(
    'token_compressed_claims',
    `The token is compressed: ${how}. Compressed tokens are not accepted; get a new token, with full claims, from the catalog.`,
  );
}
