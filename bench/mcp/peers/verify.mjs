/**
 * How every JavaScript peer verifies a token: jose with a key that is imported once, the fastest way that jose's
 * documentation offers. Algorithm, issuer, audience and expiry are checked.
 */
import { jwtVerify } from 'jose';

const { BENCH_SECRET, BENCH_ISSUER, BENCH_AUDIENCE } = process.env;

const key = await crypto.subtle.importKey(
  'raw',
  new TextEncoder().encode(BENCH_SECRET),
  { name: 'HMAC', hash: 'SHA-256' },
  false,
  ['verify'],
);

const options = {
  algorithms: ['HS256'],
  issuer: BENCH_ISSUER,
  audience: BENCH_AUDIENCE,
  requiredClaims: ['exp'],
};

/** @param {string} token */
export async function verify(token) {
  return (await jwtVerify(token, key, options)).payload;
}

/**
 * What both SDKs call an access token verifier.
 *
 * @param {(message: string) => Error} refuse makes the error that the SDK answers with 401
 */
export function accessTokenVerifier(refuse) {
  return {
    async verifyAccessToken(token) {
      try {
        const claims = await verify(token);
        return { token, clientId: claims.sub, scopes: claims.scope.split(' '), expiresAt: claims.exp };
      } catch {
        throw refuse('The token is not accepted.');
      }
    },
  };
}
