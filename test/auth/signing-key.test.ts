import { generateSecret } from '../../auth/generate-secret.ts';
import { createKeySet } from '../../auth/key-set.ts';
import { loadSigningKey } from '../../auth/keys.ts';
import { refusalOf, visibleText } from './refusal.ts';

const current = generateSecret();
const next = generateSecret();

test('the key ID comes from the entry of the set that has the secret', async () => {
  const set = await createKeySet([current, next], 'label');
  expect((await loadSigningKey(`${next}\n`, set)).keyId).toBe(set.keys[1]?.kid);
});

test('a signing secret outside the set is refused, without either value', async () => {
  const set = await createKeySet([current]);
  const error = await refusalOf(() => loadSigningKey(next, set));
  expect(error.code).toBe('signing_secret_not_in_key_set');
  expect(visibleText(error)).not.toContain(current);
  expect(visibleText(error)).not.toContain(next);
});

test('a bad signing secret is refused by its own rule', async () => {
  const set = await createKeySet([current]);
  expect((await refusalOf(() => loadSigningKey('short', set))).code).toBe('secret_too_short');
});

test('the key can sign, and cannot be exported or used to verify', async () => {
  const { key } = await loadSigningKey(current, await createKeySet([current]));
  expect([key.type, key.extractable, key.usages]).toEqual(['secret', false, ['sign']]);
});
