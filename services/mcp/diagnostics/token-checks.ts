import { AUDIENCE, type EnhancedClaims, ISSUER, parseClaims, TOKEN_TYPE } from '../../../auth/claims.ts';
import { AuthError, type TokenErrorCode } from '../../../auth/errors.ts';
import { assertTokenIsCurrent } from '../../../auth/token-time.ts';
import type { ServiceFacts } from '../facts.ts';
import type { Principal } from '../principal.ts';
import { type Clock, isoTime } from './token-facts.ts';

/** The checks of a token, in the order of verification; a claim check has the claim's name. */
export const TOKEN_CHECKS = [
  'format',
  'header',
  'key_id',
  'signature',
  'iss',
  'aud',
  'token_type',
  'sub',
  'lifetime',
  'jti',
  'level',
  'scope',
  'roles',
  'permissions',
  'buckets',
  'exp',
  'nbf',
  'iat',
] as const;

/** One check of a token and its result. */
export type TokenCheck = {
  readonly check: (typeof TOKEN_CHECKS)[number];
  readonly verdict: 'passed' | 'failed';
  /** Set for a failed check. */
  readonly reason?: TokenErrorCode;
  /** The finding, for people. */
  readonly detail: string;
};

/** Valid claims. A check combines one claim of the token with these, so that only that claim can fail it. */
const PASSING: EnhancedClaims = {
  iss: ISSUER,
  aud: AUDIENCE,
  token_type: TOKEN_TYPE,
  sub: 'somebody',
  iat: 0,
  nbf: 0,
  exp: 1,
  jti: 'some-id',
  level: 'read',
  scope: 'read',
  roles: [],
  permissions: [],
  buckets: [],
};
const NEVER = Number.POSITIVE_INFINITY;

/**
 * Repeats the checks of a principal's token, so that an answer can name each one: key ID, claims and times, by the rules of `auth`.
 * Format, header and signature passed, or there would be no principal; they cannot be checked again, since the service does not
 * keep the token.
 *
 * @param principal the authenticated caller
 * @param facts of the task that authenticated them
 * @param now by the clock of that task
 */
export function tokenChecks(
  { claims, keyId }: Principal,
  { keyIds, leewaySeconds }: ServiceFacts,
  now: Date,
): readonly TokenCheck[] {
  const { iss, aud, token_type, sub, iat, nbf, exp, jti, level, scope, roles, permissions, buckets } = claims;
  return [
    passed('format', 'Three parts in canonical base64url, at most 8 KiB.'),
    passed('header', 'alg is HS256, typ is JWT, and kid is the only other member.'),
    keyCheck(keyId, keyIds),
    passed('signature', `Verified with the key ${keyId}.`),
    claimCheck('iss', { iss }, `It is ${iss}.`),
    claimCheck('aud', { aud }, `It is ${aud}.`),
    claimCheck('token_type', { token_type }, `It is ${token_type}.`),
    claimCheck('sub', { sub }, `It is ${sub}.`),
    claimCheck('lifetime', { iat, nbf, exp }, `exp is ${exp - iat} s after iat.`),
    claimCheck('jti', { jti }, `It is ${jti}.`),
    claimCheck('level', { level, scope }, `It is ${level}.`),
    claimCheck('scope', { level, scope }, `It is ${scope}, as the level requires.`),
    claimCheck('roles', { roles }, `There are ${roles.length}.`),
    claimCheck('permissions', { permissions }, `There are ${permissions.length}.`),
    claimCheck('buckets', { buckets }, buckets.includes('*') ? 'Every bucket.' : `There are ${buckets.length}.`),
    timeCheck('exp', { exp, nbf: 0, iat: 0 }, { now, leewaySeconds }, exp),
    timeCheck('nbf', { exp: NEVER, nbf, iat: 0 }, { now, leewaySeconds }, nbf),
    timeCheck('iat', { exp: NEVER, nbf: 0, iat }, { now, leewaySeconds }, iat),
  ];
}

function passed(check: TokenCheck['check'], detail: string): TokenCheck {
  return { check, verdict: 'passed', detail };
}

function keyCheck(keyId: string, accepted: readonly string[]): TokenCheck {
  const detail = `The token names ${keyId}; this task accepts ${accepted.join(' and ')}.`;
  if (accepted.includes(keyId)) return passed('key_id', detail);
  return { check: 'key_id', verdict: 'failed', reason: 'token_key_id_unknown', detail };
}

function claimCheck(check: TokenCheck['check'], claims: Partial<EnhancedClaims>, found: string): TokenCheck {
  return judged(check, found, () => parseClaims({ ...PASSING, ...claims }));
}

function timeCheck(
  check: TokenCheck['check'],
  times: Pick<EnhancedClaims, 'iat' | 'nbf' | 'exp'>,
  clock: Clock,
  seconds: number,
): TokenCheck {
  const found = `It is ${isoTime(seconds)}, and ${clock.now.toISOString()} here.`;
  return judged(check, found, () => assertTokenIsCurrent(times, clock));
}

/** @param rule a rule of `auth`; throws when the check fails */
function judged(check: TokenCheck['check'], found: string, rule: () => unknown): TokenCheck {
  try {
    rule();
    return passed(check, found);
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    // The token rules throw no other codes.
    return { check, verdict: 'failed', reason: error.code as TokenErrorCode, detail: `${found} ${error.message}` };
  }
}
