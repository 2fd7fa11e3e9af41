import { TOKEN_CHECKS, tokenChecks } from '../../../../services/mcp/diagnostics/token-checks.ts';
import { Principal } from '../../../../services/mcp/principal.ts';
import { makeTrust } from '../../support/trust-fixture.ts';

const issued = new Date('2030-01-01T00:00:00Z');
const after = (seconds: number) => new Date(issued.getTime() + seconds * 1000);
const seconds = issued.getTime() / 1000;

/** The checks of a token of one minute, with some claims changed as no verification would let them pass. */
async function checksOf({
  claims: changed = {},
  accepted,
  now = issued,
}: {
  readonly claims?: object;
  readonly accepted?: readonly string[];
  readonly now?: Date;
}) {
  const trust = await makeTrust();
  const { claims } = await trust.mint({ now: issued, lifetimeSeconds: 60 });
  const facts = { task: 'task-one', version: '1.2.3', keyIds: accepted ?? [trust.keyId], leewaySeconds: 10 };
  return tokenChecks(new Principal({ ...claims, ...changed }, trust.keyId), facts, now);
}

test('a good token passes every check, each of which is named once', async () => {
  const checks = await checksOf({});
  expect(checks.map(({ check }) => check)).toEqual(TOKEN_CHECKS);
  expect(new Set(checks.map(({ verdict }) => verdict))).toEqual(new Set(['passed']));
});

test.each([
  ['iss', { iss: 'somebody-else' }, 'token_issuer_invalid'],
  ['aud', { aud: 'somebody-else' }, 'token_audience_invalid'],
  ['token_type', { token_type: 'basic' }, 'token_type_invalid'],
  ['sub', { sub: ' ' }, 'token_claim_invalid'],
  ['lifetime', { iat: seconds - 86_401 }, 'token_lifetime_invalid'],
  ['jti', { jti: '' }, 'token_claim_invalid'],
  ['scope', { scope: 'read' }, 'token_scope_mismatch'],
  ['roles', { roles: [''] }, 'token_claim_invalid'],
  ['permissions', { permissions: ['s3:*'] }, 'token_claim_invalid'],
  ['permissions', { permissions: ['g'] }, 'token_compressed_claims'],
  ['buckets', { buckets: ['s3://bucket'] }, 'token_claim_invalid'],
])('a wrong %s fails, with the reason code of verification', async (check, claims, reason) => {
  const failed = (await checksOf({ claims })).filter(({ verdict }) => verdict === 'failed');
  expect(failed).toContainEqual(expect.objectContaining({ check, reason }));
});

test('one wrong claim fails its own check and no other', async () => {
  const failed = (await checksOf({ claims: { aud: 'somebody-else' } })).filter(({ verdict }) => verdict === 'failed');
  expect(failed.map(({ check }) => check)).toEqual(['aud']);
  expect(failed[0]?.detail).toMatch(/The claim aud must be quilt-mcp-server/);
});

test('a key that is not accepted any more fails, and both sides are named', async () => {
  const [failed, ...others] = (await checksOf({ accepted: ['other.AAAAAAAA', 'other.BBBBBBBB'] })).filter(
    ({ verdict }) => verdict === 'failed',
  );
  expect(failed).toMatchObject({ check: 'key_id', reason: 'token_key_id_unknown' });
  expect(failed?.detail).toMatch(
    /names frontend-enhanced\..{8}; this task accepts other\.AAAAAAAA and other\.BBBBBBBB/,
  );
  expect(others).toEqual([]);
});

test.each([
  ['exp', after(70), {}, 'token_expired'],
  ['nbf', after(-11), { iat: seconds - 20 }, 'token_not_yet_valid'],
  ['iat', after(-11), { nbf: seconds - 20 }, 'token_issued_in_future'],
] as const)('the time %s fails by the clock of the task', async (check, now, claims, reason) => {
  const failed = (await checksOf({ now, claims })).filter(({ verdict }) => verdict === 'failed');
  expect(failed).toEqual([{ check, verdict: 'failed', reason, detail: expect.stringContaining(now.toISOString()) }]);
});

test.each([
  ['before its end', after(69)],
  ['before its beginning', after(-10)],
])('the leeway counts %s', async (_what, now) => {
  expect((await checksOf({ now })).filter(({ verdict }) => verdict === 'failed')).toEqual([]);
});
