import { AUDIENCE, type EnhancedClaims, ISSUER, parseClaims, TOKEN_TYPE } from '../../../auth/claims.ts';
import { AuthError, type TokenErrorCode } from '../../../auth/errors.ts';
import { assertTokenIsCurrent } from '../../../auth/token-time.ts';
import type { ServiceFacts } from '../facts.ts';
import type { Principal } from '../principal.ts';
import { type Clock, isoTime } from './token-facts.ts';

/** What a token is checked for, in the order of verification; a claim is called by its name. */
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

/** One thing that a token is checked for, and what came of it. */
export type TokenCheck = {
  readonly check: (typeof TOKEN_CHECKS)[number];
  readonly verdict: 'passed' | 'failed';
  /** Of a check that failed. */
  readonly reason?: TokenErrorCode;
  /** What was found, for people. */
  readonly detail: string;
};

/** Claims that pass. With one of another token among them, what does not pass is that one. */
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
 * Checks the token of a principal again, so that an answer can name every check: key ID, each claim and each time, by the rules of
 * `auth` and no others. Form, header and signature have passed, or there would be no principal; they cannot be looked at again,
 * since nobody keeps the text of a token.
 *
 * @param principal who was let in
 * @param facts of the task that let them in
 * @param now by the clock of that task
 */
export function tokenChecks(
  { claims, keyId }: Principal,
  { keyIds, leewaySeconds }: ServiceFacts,
  now: Date,
): readonly TokenCheck[] {
  const { iss, aud, token_type, sub, iat, nbf, exp, jti, level, scope, roles, permissions, buckets } = claims;
  return [
    passed('format', 'Three parts in canonical base64url, 8 KiB at most.'),
    passed('header', 'alg is HS256, typ is JWT, and there is nothing else but the key ID.'),
    keyCheck(keyId, keyIds),
    passed('signature', `It was verified with the key ${keyId}.`),
    claimCheck('iss', { iss }, `It is ${iss}.`),
    claimCheck('aud', { aud }, `It is ${aud}.`),
    claimCheck('token_type', { token_type }, `It is ${token_type}.`),
    claimCheck('sub', { sub }, `It is ${sub}.`),
    claimCheck('lifetime', { iat, nbf, exp }, `From iat to exp there are ${exp - iat} s.`),
    claimCheck('jti', { jti }, `It is ${jti}.`),
    claimCheck('level', { level, scope }, `It is ${level}.`),
    claimCheck('scope', { level, scope }, `It is ${scope}, as the level demands.`),
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

/** @param rule one of `auth`, which throws when it does not hold */
function judged(check: TokenCheck['check'], found: string, rule: () => unknown): TokenCheck {
  try {
    rule();
    return passed(check, found);
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    // The rules about tokens throw no other codes.
    return { check, verdict: 'failed', reason: error.code as TokenErrorCode, detail: `${found} ${error.message}` };
  }
}
