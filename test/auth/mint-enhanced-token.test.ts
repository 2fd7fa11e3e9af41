import fc from 'fast-check';
import { type Authorization, authorizeRoles } from '../../auth/authorization.ts';
import { defaultRoles } from '../../auth/default-roles.ts';
import { generateSecret } from '../../auth/generate-secret.ts';
import { createKeySet } from '../../auth/key-set.ts';
import { loadSigningKey } from '../../auth/keys.ts';
import { type MintOptions, mintEnhancedToken } from '../../auth/mint-enhanced-token.ts';
import { authorization, level, plainText } from './arbitraries.ts';
import { decode, resign } from './forge.ts';
import { codeOf, refusalOf } from './refusal.ts';

const secret = generateSecret();
const reader: Authorization = {
  level: 'read',
  roles: ['Readers'],
  permissions: ['s3:GetObject'],
  buckets: ['bucket-one'],
};

const mint = async (change: Partial<MintOptions> = {}) => {
  const signingKey = await loadSigningKey(secret, await createKeySet([secret]));
  return mintEnhancedToken({ signingKey, subject: 'alice', authorization: reader, ...change });
};

test('a token says exactly what was asked for, under the key ID of its key', async () => {
  const { token, claims, keyId } = await mint({ now: new Date('2027-01-15T08:00:00.999Z'), lifetimeSeconds: 600 });
  const { header, payload } = decode(token);
  expect(header).toEqual({ alg: 'HS256', typ: 'JWT', kid: keyId });
  expect(payload).toEqual({
    iss: 'quilt-frontend',
    aud: 'quilt-mcp-server',
    sub: 'alice',
    iat: 1_800_000_000,
    nbf: 1_800_000_000,
    exp: 1_800_000_600,
    jti: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    scope: 'read',
    level: 'read',
    roles: ['Readers'],
    permissions: ['s3:GetObject'],
    buckets: ['bucket-one'],
    token_type: 'enhanced',
  });
  expect(claims).toEqual(payload);
});

test('the signature is the HMAC-SHA-256 of the secret bytes', async () => {
  const { token } = await mint();
  expect(resign(token, secret)).toBe(token);
});

test('a token is valid for an hour by default', async () => {
  const before = Math.floor(Date.now() / 1000);
  const { claims } = await mint();
  expect(claims.iat).toBeGreaterThanOrEqual(before);
  expect(claims.iat).toBeLessThanOrEqual(Math.floor(Date.now() / 1000));
  expect(claims.exp - claims.iat).toBe(3600);
});

test('no two tokens have the same jti', async () => {
  const now = new Date();
  const minted = await Promise.all(Array.from({ length: 50 }, () => mint({ now })));
  expect(new Set(minted.map(({ claims }) => claims.jti)).size).toBe(50);
});

test.each([
  ['read', 'read'],
  ['write', 'read write'],
  ['admin', 'read write admin'],
] as const)('the scope of level %s is "%s"', async (of, scope) => {
  const { claims } = await mint({ authorization: { ...reader, level: of } });
  expect(claims.scope).toBe(scope);
});

test('24 permissions and 32 buckets, uncompressed, make 2.3 to 2.6 KB', async () => {
  // The size hangs on the names: these are 24 characters, as names with an organisation and a purpose in them are.
  const buckets = Array.from({ length: 32 }, (_, index) => `example-research-data-${index + 10}`);
  const granted = authorizeRoles(['ReadWriteQuiltV2-example'], defaultRoles('example'), buckets);
  if (granted === undefined) throw new Error('the shipped table knows its own writer');
  const { token, claims } = await mint({ authorization: granted });
  expect([claims.permissions.length, claims.buckets.length, claims.roles.length]).toEqual([24, 32, 1]);
  expect(token.length).toBeGreaterThanOrEqual(2300);
  expect(token.length).toBeLessThanOrEqual(2600);
});

describe('no token is minted', () => {
  test.each([0, -1, 1.5, 86_401, Number.NaN, Number.POSITIVE_INFINITY])('for %p seconds', async (lifetimeSeconds) => {
    expect(await codeOf(() => mint({ lifetimeSeconds }))).toBe('token_lifetime_invalid');
  });

  test.each(['', ' \t', 'alice\0', 'alice\r\nbob'])('for the subject %j', async (subject) => {
    expect(await codeOf(() => mint({ subject }))).toBe('token_claim_invalid');
  });

  test('for a bucket that is not a bare name, or for * beside names', async () => {
    for (const buckets of [['s3://bucket-one'], ['*', 'bucket-one']]) {
      expect(await codeOf(() => mint({ authorization: { ...reader, buckets } }))).toBe('token_claim_invalid');
    }
  });

  test('for a permission with a wildcard', async () => {
    expect(await codeOf(() => mint({ authorization: { ...reader, permissions: ['s3:*'] } }))).toBe(
      'token_claim_invalid',
    );
  });

  test('that would be too large to be accepted', async () => {
    const buckets = Array.from({ length: 400 }, (_, index) => `example-team-data-${index}`);
    const error = await refusalOf(() => mint({ authorization: { ...reader, buckets } }));
    expect(error.code).toBe('token_too_large');
    expect(error.message).toContain('at most 8192');
    expect(error.message).toContain('400 buckets');
  });

  test('at an invalid time', async () => {
    await expect(mint({ now: new Date(Number.NaN) })).rejects.toThrow(RangeError);
  });
});

test('every minted token contains its input unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(authorization, level, plainText, async (allowed, of, subject) => {
      const { token, claims } = await mint({ authorization: { ...allowed, level: of }, subject });
      expect(token.length).toBeLessThanOrEqual(8192);
      expect(decode(token).payload).toEqual(claims);
      expect(claims).toMatchObject({ ...allowed, level: of, sub: subject });
    }),
  );
});
