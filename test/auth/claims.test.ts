import fc from 'fast-check';
import { parseClaims } from '../../auth/claims.ts';
import { authorization, plainText } from './arbitraries.ts';
import { codeOf, refusalOf } from './refusal.ts';

const good = {
  iss: 'quilt-frontend',
  aud: 'quilt-mcp-server',
  sub: 'alice',
  iat: 1_800_000_000,
  nbf: 1_800_000_000,
  exp: 1_800_003_600,
  jti: '8f14e45f-ceea-467f-a0e6-b3ad0c1d0b0e',
  scope: 'read write',
  level: 'write',
  roles: ['Writers'],
  permissions: ['s3:GetObject'],
  buckets: ['bucket-one'],
  token_type: 'enhanced',
};

test('claims are returned unchanged', () => {
  expect(parseClaims(good)).toEqual(good);
});

test('any authorization is returned unchanged', () => {
  const scopes = { read: 'read', write: 'read write', admin: 'read write admin' };
  fc.assert(
    fc.property(authorization, plainText, (allowed, sub) => {
      const claims = { ...good, ...allowed, sub, scope: scopes[allowed.level] };
      expect(parseClaims(claims)).toEqual(claims);
    }),
  );
});

test('empty lists are lists: the canary has no permissions and no buckets', () => {
  const claims = { ...good, permissions: [], buckets: [], roles: [] };
  expect(parseClaims(claims)).toEqual(claims);
});

test('unknown claims are dropped: the mint may be one release ahead', () => {
  expect(parseClaims({ ...good, tenant: 'a' })).toEqual(good);
});

test.each(Object.keys(good))('%s is required', async (name) => {
  const rest = Object.fromEntries(Object.entries(good).filter(([claim]) => claim !== name));
  const error = await refusalOf(() => parseClaims(rest));
  expect(error.code).toBe('token_claim_missing');
  expect(error.message).toContain(`The claim ${name} is missing`);
});

test.each([
  ['iss', 'someone-else', 'token_issuer_invalid'],
  ['iss', ['quilt-frontend'], 'token_issuer_invalid'],
  ['aud', 'another-server', 'token_audience_invalid'],
  ['aud', ['quilt-mcp-server'], 'token_audience_invalid'],
  ['token_type', 'basic', 'token_type_invalid'],
  ['sub', '', 'token_claim_invalid'],
  ['sub', ' ', 'token_claim_invalid'],
  ['sub', 7, 'token_claim_invalid'],
  ['sub', null, 'token_claim_invalid'],
  ['sub', 'alice\nbob', 'token_claim_invalid'],
  ['sub', 'alice\ud800', 'token_claim_invalid'],
  ['jti', '', 'token_claim_invalid'],
  ['iat', '1800000000', 'token_claim_invalid'],
  ['iat', 1_800_000_000.5, 'token_claim_invalid'],
  ['nbf', null, 'token_claim_invalid'],
  ['exp', -1, 'token_claim_invalid'],
  ['exp', 1e300, 'token_claim_invalid'],
  ['exp', good.iat, 'token_lifetime_invalid'],
  ['exp', good.iat + 86_401, 'token_lifetime_invalid'],
  ['level', 'owner', 'token_claim_invalid'],
  ['level', ['read'], 'token_claim_invalid'],
  ['level', 'read', 'token_scope_mismatch'],
  ['scope', 'read write admin', 'token_scope_mismatch'],
  ['scope', 'write', 'token_scope_mismatch'],
  ['scope', 'write read', 'token_scope_mismatch'],
  ['scope', ['read', 'write'], 'token_scope_mismatch'],
  ['roles', 'Writers', 'token_compressed_claims'],
  ['roles', {}, 'token_claim_invalid'],
  ['roles', [''], 'token_claim_invalid'],
  ['roles', [1], 'token_claim_invalid'],
  ['permissions', null, 'token_claim_invalid'],
  ['permissions', ['s3:*'], 'token_claim_invalid'],
  ['permissions', ['s3:GetObject', 1], 'token_claim_invalid'],
  ['permissions', ['g', 'p'], 'token_compressed_claims'],
  ['buckets', ['s3://bucket-one'], 'token_claim_invalid'],
  ['buckets', ['bucket/*'], 'token_claim_invalid'],
  ['buckets', ['*', 'bucket-one'], 'token_claim_invalid'],
  ['buckets', [['bucket-one']], 'token_claim_invalid'],
  ['buckets', '*', 'token_compressed_claims'],
])('%s = %j is refused: %s', async (name, value, code) => {
  const error = await refusalOf(() => parseClaims({ ...good, [name]: value }));
  expect(error.code).toBe(code);
  expect(error.message).toContain(name === 'level' && code === 'token_scope_mismatch' ? 'scope' : name);
});

test('a lifetime of exactly 24 hours is accepted', () => {
  expect(parseClaims({ ...good, exp: good.iat + 86_400 }).exp).toBe(good.iat + 86_400);
});

test.each([[null], ['text'], [[]], [7], [undefined]])('refuses the payload %j', async (payload) => {
  expect(await codeOf(() => parseClaims(payload))).toBe('token_payload_invalid');
});

test.each([
  [
    'abbreviated names',
    { iss: good.iss, s: 'w', p: ['g', 'p'], r: ['rw'], b: ['x'], l: 'write' },
    'the abbreviated claim',
  ],
  ['one abbreviated name beside full claims', { ...good, b: ['bucket-one'] }, 'the abbreviated claim b'],
  [
    'grouped buckets',
    { ...good, buckets: { _type: 'groups', _data: { quilt: ['one'] } } },
    'its claim buckets is packed',
  ],
  ['packed permissions', { ...good, permissions: { _type: 'b64', _data: 'AAAA' } }, 'its claim permissions is packed'],
  ['permissions in one string', { ...good, permissions: 's3:GetObject' }, 'its claim permissions is a string'],
  ['abbreviated permissions', { ...good, permissions: ['g'] }, 'its permissions are abbreviated'],
])('compressed claims are refused by name: %s', async (_, payload, reason) => {
  const error = await refusalOf(() => parseClaims(payload));
  expect(error.code).toBe('token_compressed_claims');
  expect(error.message).toContain(reason);
  expect(error.message).toContain('Compressed tokens are not accepted');
});
