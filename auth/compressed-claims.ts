import { isJsonObject, type JsonObject } from './encoding.ts';
import { AuthError } from './errors.ts';

/** Older versions shortened `buckets`, `level`, `permissions`, `roles` and `scope` to these names. */
const SHORT_NAMES = ['b', 'l', 'p', 'r', 's'] as const;

/** Claims that older versions packed: as a string, as `{ _type, _data }`, or as a list of abbreviations. */
const PACKED_CLAIMS = ['buckets', 'permissions', 'roles'] as const;

/**
 * Refuses the compressed forms of older versions by name, since "claim missing" would be misleading. They are not expanded: two forms
 * of one authorization could be read differently.
 *
 * @param claims - the decoded claims
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
 * @param how - the sign of compression
 */
export function compressed(how: string): AuthError {
  return new AuthError(
    'token_compressed_claims',
    `The token is compressed: ${how}. Compressed tokens are not accepted; get a new token, with full claims, from the catalog.`,
  );
}
