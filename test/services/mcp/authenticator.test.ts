import { importVerificationKeys } from '../../../auth/keys.ts';
import { createAuthenticator } from '../../../services/mcp/authenticator.ts';
import { codeOf } from '../../auth/refusal.ts';
import { makeTrust, type Trust } from '../support/trust-fixture.ts';

const issued = new Date('2030-01-01T00:00:00Z');
const after = (seconds: number) => new Date(issued.getTime() + seconds * 1000);

let trust: Trust;
let time: Date;
const authenticator = async (capacity = 10) => {
  const keys = await importVerificationKeys(trust.keySet);
  return createAuthenticator({ keys, leewaySeconds: 10, capacity, now: () => time });
};
const mint = async (subject = 'alice') => (await trust.mint({ subject, now: issued, lifetimeSeconds: 60 })).token;

beforeEach(async () => {
  trust = await makeTrust();
  time = issued;
});

test('a token is verified once (B11)', async () => {
  const authenticate = await authenticator();
  const token = await mint();
  const first = await authenticate(token);
  const second = await authenticate(token);
  expect([first.cacheHit, second.cacheHit]).toEqual([false, true]);
  expect(second.principal).toBe(first.principal);
  expect(first.principal.claims.sub).toBe('alice');
  expect(first.acceptedUntil).toBe(issued.getTime() / 1000 + 70);
});

test('concurrent requests with a new token share one verification (B07)', async () => {
  const authenticate = await authenticator();
  const [token, bad] = [await mint(), `${await mint('bob')}x`];
  const all = await Promise.all(Array.from({ length: 10 }, () => authenticate(token)));
  expect(all.filter(({ cacheHit }) => !cacheHit)).toHaveLength(1);
  expect(new Set(all.map(({ principal }) => principal)).size).toBe(1);
  const codes = await Promise.all(Array.from({ length: 3 }, () => codeOf(() => authenticate(bad))));
  expect(new Set(codes)).toEqual(new Set(['token_signature_invalid']));
});

test('a known token ends when it expires, leeway included', async () => {
  const authenticate = await authenticator();
  const token = await mint();
  await authenticate(token);
  time = after(69);
  expect((await authenticate(token)).cacheHit).toBe(true);
  time = after(70);
  expect(await codeOf(() => authenticate(token))).toBe('token_expired');
});

test('a known token is not valid before its time, should the clock go back', async () => {
  const authenticate = await authenticator();
  const token = await mint();
  await authenticate(token);
  time = after(-11);
  expect(await codeOf(() => authenticate(token))).toBe('token_not_yet_valid');
});

test('every bit of the token counts: the claims of one with the signature of another are not cached', async () => {
  const authenticate = await authenticator();
  const [alice, bob] = [await mint('alice'), await mint('bob')];
  await authenticate(alice);
  await authenticate(bob);
  const spliced = [...alice.split('.').slice(0, 2), bob.split('.')[2]].join('.');
  expect(await codeOf(() => authenticate(spliced))).toBe('token_signature_invalid');
});

test('refused tokens evict no valid one', async () => {
  const authenticate = await authenticator(1);
  const token = await mint();
  await authenticate(token);
  for (let each = 0; each < 5; each += 1) await codeOf(() => authenticate(`${token}${each}`));
  expect((await authenticate(token)).cacheHit).toBe(true);
});
