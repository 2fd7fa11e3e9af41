import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { generateSecret } from '../../../auth/generate-secret.ts';
import { base64url, decode, resign, sign } from '../../auth/forge.ts';
import type { Trust } from './trust-fixture.ts';

/**
 * Tokens that must not pass, each wrong in one point and made from a good one.
 *
 * @param trust what the good token was signed with
 * @param token the good token
 * @returns the tokens by what is wrong with them
 */
export async function badTokens(trust: Trust, token: string): Promise<ReadonlyMap<string, string>> {
  const { header, payload } = decode(token);
  const forge = (claims: object, changed: object = {}) =>
    sign({ ...header, ...changed }, { ...payload, ...claims }, trust.secret);
  const past = Math.floor(Date.now() / 1000) - 7200;
  const [headerPart, payloadPart = '', signature] = token.split('.');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rs256 = await new SignJWT({ ...payload }).setProtectedHeader({ ...header, alg: 'RS256' }).sign(privateKey);
  return new Map([
    ['no token', `garbage-${generateSecret()}`],
    ['two parts', token.slice(0, token.lastIndexOf('.'))],
    ['four parts', `${token}.${signature}`],
    ['padding', `${token}=`],
    ['a letter more', `${token}x`],
    ['tampered claims', `${headerPart}.${base64url(JSON.stringify({ ...payload, level: 'admin' }))}.${signature}`],
    ['a wrong secret', resign(token, generateSecret())],
    ['expired', forge({ iat: past, nbf: past, exp: past + 3600 })],
    ['not valid yet', forge({ nbf: past + 9000, iat: past + 7200, exp: past + 10_800 })],
    ['alg none', `${base64url(JSON.stringify({ ...header, alg: 'none' }))}.${payloadPart}.`],
    ['alg none, signed', forge({}, { alg: 'none' })],
    ['HS512', sign({ ...header, alg: 'HS512' }, payload, trust.secret, 'sha512')],
    ['RS256', rs256],
    ['a wrong audience', forge({ aud: 'somebody-else' })],
    ['a wrong issuer', forge({ iss: 'somebody-else' })],
    ['an unknown key ID', forge({}, { kid: 'frontend-enhanced.AAAAAAAA' })],
    ['a part of a token as key ID', forge({}, { kid: payloadPart })],
    ['no key ID', sign({ alg: 'HS256', typ: 'JWT' }, payload, trust.secret)],
    ['another header', forge({}, { typ: 'JOSE' })],
    ['claims that are a list', sign(header, '[]', trust.secret)],
    ['another scope', forge({ scope: 'somebody' })],
    ['no lifetime', forge({ exp: payload.iat })],
    ['from the future', forge({ iat: past + 9000, nbf: past + 7200, exp: past + 10_800 })],
    ['another type', forge({ token_type: 'basic' })],
    ['no permissions', forge({ permissions: undefined })],
    ['a token as subject', forge({ sub: { token } })],
    ['compressed claims', forge({ permissions: undefined, p: 'abc' })],
    ['more than 8 KiB', `${token}${'A'.repeat(8200)}`],
  ]);
}
