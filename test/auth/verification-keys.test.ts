import { generateSecret } from '../../auth/generate-secret.ts';
import { createKeySet } from '../../auth/key-set.ts';
import { importVerificationKeys } from '../../auth/keys.ts';

test('the keys are those of the set, by key ID', async () => {
  const set = await createKeySet([generateSecret(), generateSecret()]);
  expect([...(await importVerificationKeys(set)).keys()]).toEqual(set.keys.map(({ kid }) => kid));
});

test('a key can verify, and cannot be exported or used to sign', async () => {
  const [key] = (await importVerificationKeys(await createKeySet([generateSecret()]))).values();
  expect([key?.type, key?.extractable, key?.usages]).toEqual(['secret', false, ['verify']]);
});
