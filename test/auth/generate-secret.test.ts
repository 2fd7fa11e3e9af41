import { generateSecret } from '../../auth/generate-secret.ts';
import { normalizeSecret } from '../../auth/normalize-secret.ts';

test('a generated secret is 64 base64url characters, and passes its own rules unchanged', () => {
  const secret = generateSecret();
  expect(secret).toMatch(/^[A-Za-z0-9_-]{64}$/);
  expect(normalizeSecret(secret)).toBe(secret);
});

test('no two are the same', () => {
  expect(new Set(Array.from({ length: 100 }, generateSecret)).size).toBe(100);
});
