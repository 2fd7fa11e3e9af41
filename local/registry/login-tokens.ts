import { randomBytes } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { PEOPLE, type Person } from './people.ts';

/** About what a real registry gives: a minted token must not inherit it. */
const LIFETIME = '90 days';

/** Issues and verifies login tokens: HS256 with claims `id`, `uuid`, `exp`. */
export type LoginTokens = {
  issue(person: Person): Promise<string>;
  /** The person a token was issued to, or `undefined` when it is not one of ours or has expired. */
  personOf(token: string): Promise<Person | undefined>;
};

/** Login tokens under a key of this process alone: only the registry can verify them, and none survives it. */
export function createLoginTokens(): LoginTokens {
  const key = randomBytes(32);
  return {
    issue: ({ id, uuid }) =>
      new SignJWT({ id, uuid }).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).setExpirationTime(LIFETIME).sign(key),
    async personOf(token) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['HS256'],
          requiredClaims: ['id', 'uuid', 'exp'],
        });
        return PEOPLE.find(({ id, uuid }) => id === payload.id && uuid === payload.uuid);
      } catch {
        return undefined;
      }
    },
  };
}
