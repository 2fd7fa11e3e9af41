import { createHash } from 'node:crypto';
import { generateSecret } from '../../auth/generate-secret.ts';
import { isPublishedSecret } from '../../auth/published-secrets.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test('a value is known by the SHA-256 of its UTF-8 bytes', () => {
  const published = new Set([sha256('made for this test')]);
  expect(isPublishedSecret('made for this test', published)).toBe(true);
  expect(isPublishedSecret('made for this test ', published)).toBe(false);
});

test('a generated secret is not among the published ones', () => {
  expect(isPublishedSecret(generateSecret())).toBe(false);
});
