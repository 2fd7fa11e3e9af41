import { createHmac } from 'node:crypto';
import { generateSecret } from '../../auth/generate-secret.ts';
import { base64url, decode, resign, sign } from '../../test/auth/forge.ts';
import type { Trust } from '../../test/services/support/trust-fixture.ts';

/** So many buckets make a token of about 950 bytes, and of about 2.4 KB. */
export const USUAL_BUCKETS = 11;
export const MANY_BUCKETS = 52;

/** A token as the catalog mints it for somebody who may write to so many buckets. */
export async function mintFor(trust: Trust, subject: string, buckets: number): Promise<string> {
  const minted = await trust.mint({
    subject,
    authorization: {
      level: 'write',
      roles: ['ReadWriteQuiltV2-local'],
      permissions: ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
      buckets: Array.from({ length: buckets }, (_, index) => `quilt-example-bucket-${index + 1}`),
    },
  });
  return minted.token;
}

/** The same token with some claims changed. Much cheaper than a mint, which checks what it signs. */
export function signAnew(token: string, changes: Readonly<Record<string, unknown>>, secret: string): string {
  const { header, payload } = decode(token);
  return sign(header, { ...payload, ...changes }, secret);
}

/** What no server should work with: RFC 7518 section 3.2 demands 32 bytes for HS256. */
export const ONE_BYTE_SECRET = 'x';

/**
 * Tokens that a server has to refuse which takes HS256 with one secret, one issuer and one audience, and checks expiry.
 * What only our own tokens have (key ID, type, permissions) is left to test/services/mcp/gate.test.ts.
 */
export function badTokens(good: string, secret: string): ReadonlyMap<string, string> {
  const { header, payload } = decode(good);
  const [headerText, , signature] = good.split('.');
  const forge = (claims: object, more: object = {}) => sign({ ...header, ...more }, { ...payload, ...claims }, secret);
  const hourAgo = Math.floor(Date.now() / 1000) - 3600;
  const unsigned = (alg: string) => {
    return `${base64url(JSON.stringify({ ...header, alg }))}.${base64url(JSON.stringify(payload))}`;
  };
  const rsLike = unsigned('RS256');
  return new Map([
    ['garbage', 'garbage'],
    ['empty', ''],
    ['tampered claims', `${headerText}.${base64url(JSON.stringify({ ...payload, level: 'admin' }))}.${signature}`],
    ['wrong secret', resign(good, generateSecret())],
    ['expired', forge({ iat: hourAgo - 3600, nbf: hourAgo - 3600, exp: hourAgo })],
    ['no expiry', forge({ exp: undefined })],
    ['not valid yet', forge({ iat: hourAgo + 7200, nbf: hourAgo + 7200, exp: hourAgo + 9000 })],
    ['wrong audience', forge({ aud: 'somebody-else' })],
    ['no audience', forge({ aud: undefined })],
    ['wrong issuer', forge({ iss: 'somebody-else' })],
    ['no issuer', forge({ iss: undefined })],
    ['alg none', `${unsigned('none')}.`],
    ['alg none, signed', forge({}, { alg: 'none' })],
    ['HS512', sign({ ...header, alg: 'HS512' }, payload, secret, 'sha512')],
    ['RS256, signed as HS256', `${rsLike}.${createHmac('sha256', secret).update(rsLike).digest('base64url')}`],
    ['signature cut short', good.slice(0, -4)],
    ['signature padded', `${good}=`],
    ['signature not canonical', `${good.slice(0, -1)}${twin(good.slice(-1))}`],
    ['unknown critical header', forge({}, { crit: ['unknown'], unknown: true })],
  ]);
}

/** The next character of the base64url alphabet: as the last one of 32 bytes it differs in bits that mean nothing. */
function twin(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(character) ^ 1] ?? 'A';
}
