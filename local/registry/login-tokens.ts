import { randomBytes, randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';

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

/** A person of the local registry. The password is the name: this is a toy, and it says so. */
type Person = {
  readonly id: string;
  readonly uuid: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly roles: readonly string[];
};

function person(id: string, name: string, role: string): Person {
  return { id, uuid: randomUUID(), name, email: `${name}@example.org`, role, roles: [role] };
}

/** One of each level: write, read, admin. The role names are those of a Quilt stack called `local`. */
export const PEOPLE: readonly Person[] = [
  person('1', 'alice', 'ReadWriteQuiltV2-local'),
  person('2', 'bob', 'ReadOnlyQuilt'),
  person('3', 'carol', 'AdminQuilt'),
];
