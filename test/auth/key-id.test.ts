import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { keyIdOf } from '../../auth/key-id.ts';
import { secret, whiteSpace } from './arbitraries.ts';
import { codeOf } from './refusal.ts';

const made = 'k'.repeat(64);

/** RFC 7638, section 3, by hand: required members in lexical order, no white space, SHA-256, base64url. */
const thumbprint = (value: string) =>
  createHash('sha256')
    .update(`{"k":"${Buffer.from(value).toString('base64url')}","kty":"oct"}`)
    .digest('base64url');

test('a key ID is the label, a dot and eight characters of the RFC 7638 thumbprint', async () => {
  await fc.assert(
    fc.asyncProperty(secret, fc.stringMatching(/^[A-Za-z0-9-]{1,64}$/), async (value, label) => {
      expect(await keyIdOf(value, label)).toBe(`${label}.${thumbprint(value).slice(0, 8)}`);
    }),
  );
});

test('the label is frontend-enhanced unless another one is given', async () => {
  expect(await keyIdOf(made)).toBe(`frontend-enhanced.${thumbprint(made).slice(0, 8)}`);
});

test('white space around the secret does not make another key ID', async () => {
  await fc.assert(
    fc.asyncProperty(secret, whiteSpace, async (value, around) => {
      expect(await keyIdOf(around + value + around)).toBe(await keyIdOf(value));
    }),
  );
});

test.each([[''], ['a b'], ['a.b'], ['a_b'], ['ä'], ['a\n'], ['a'.repeat(65)]])(
  'the label %j is refused',
  async (label) => {
    expect(await codeOf(() => keyIdOf(made, label))).toBe('key_label_invalid');
  },
);

test('a bad secret has no key ID', async () => {
  expect(await codeOf(() => keyIdOf('short'))).toBe('secret_too_short');
});
