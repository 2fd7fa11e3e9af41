import fc from 'fast-check';
import { generateSecret } from '../../auth/generate-secret.ts';
import { keyIdOf } from '../../auth/key-id.ts';
import {
  createKeySet,
  findKeyOfSecret,
  type KeySet,
  parseKeySet,
  secretOfKey,
  serializeKeySet,
} from '../../auth/key-set.ts';
import { secret, whiteSpace } from './arbitraries.ts';
import { base64url } from './forge.ts';
import { codeOf, refusalOf, visibleText } from './refusal.ts';

const label = fc.stringMatching(/^[A-Za-z0-9-]{1,64}$/);
const secrets = fc.uniqueArray(secret, { minLength: 1, maxLength: 2 });

describe('a key set', () => {
  test('is read back as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(secrets, label, async (values, name) => {
        const set = await createKeySet(values, name);
        expect(await parseKeySet(serializeKeySet(set))).toEqual(set);
        expect(set.keys.map(secretOfKey)).toEqual(values);
      }),
    );
  });

  test('is a JWK Set of HS256 oct keys for signatures', async () => {
    const value = generateSecret();
    expect(JSON.parse(serializeKeySet(await createKeySet([value])))).toEqual({
      keys: [{ kty: 'oct', use: 'sig', alg: 'HS256', kid: await keyIdOf(value), k: base64url(value) }],
    });
  });

  test('may lack use', async () => {
    const { keys } = await createKeySet([generateSecret()]);
    const set = { keys: keys.map(({ use, ...key }) => key) };
    expect(await parseKeySet(serializeKeySet(set))).toEqual(set);
  });

  test('may hold keys of two labels, as a label is fixed when the key is made', async () => {
    const sets = await Promise.all([createKeySet([generateSecret()], 'one'), createKeySet([generateSecret()], 'two')]);
    const set = { keys: sets.flatMap(({ keys }) => keys) };
    expect(await parseKeySet(serializeKeySet(set))).toEqual(set);
  });

  test('of the two longest secrets and labels fits a standard SSM parameter', async () => {
    const set = await createKeySet(['a'.repeat(1024), 'b'.repeat(1024)], 'l'.repeat(64));
    expect(serializeKeySet(set).length).toBeLessThanOrEqual(4096);
  });

  test('normalizes the secrets that it is made of', async () => {
    const value = generateSecret();
    expect(await createKeySet([`${value}\n`])).toEqual(await createKeySet([value]));
  });

  test.each([
    ['no secret', [], 'key_set_size_invalid'],
    ['three secrets', ['a', 'b', 'c'].map((letter) => letter.repeat(32)), 'key_set_size_invalid'],
    ['the same secret twice', ['a'.repeat(32), `${'a'.repeat(32)}\n`], 'key_set_duplicate_key'],
    ['a bad secret', ['short'], 'secret_too_short'],
  ])('is not made of %s', async (_, values, code) => {
    expect(await codeOf(() => createKeySet(values))).toBe(code);
  });
});

describe('a text is refused as a key set', () => {
  const value = generateSecret();
  const other = generateSecret();
  type Members = Readonly<Record<string, unknown>>;
  const key = async (change: Members = {}): Promise<Members> => ({
    ...(await createKeySet([value])).keys[0],
    ...change,
  });
  const kidOf = (secretOf: string) => keyIdOf(secretOf);
  const set = async (...keys: Promise<Members>[]) => JSON.stringify({ keys: await Promise.all(keys) });

  test.each<[string, () => Promise<string | undefined>, string]>([
    ['missing', async () => undefined, 'key_set_missing'],
    ['blank', async () => ' \n', 'key_set_missing'],
    ['no JSON', async () => `{"keys": ${value}`, 'key_set_json_invalid'],
    ['a list', async () => '[]', 'key_set_json_invalid'],
    ['null', async () => 'null', 'key_set_json_invalid'],
    ['the bare signing secret', async () => value, 'key_set_json_invalid'],
    ['without keys', async () => '{}', 'key_set_shape_invalid'],
    ['keys as an object', async () => '{"keys":{}}', 'key_set_shape_invalid'],
    ['a member beside keys', async () => '{"keys":[],"version":1}', 'key_set_shape_invalid'],
    ['no key', async () => '{"keys":[]}', 'key_set_size_invalid'],
    ['three keys', () => set(key(), key(), key()), 'key_set_size_invalid'],
    ['the same key twice', () => set(key(), key()), 'key_set_duplicate_key'],
    [
      'the same key under two labels',
      async () => set(key(), key({ kid: await keyIdOf(value, 'another') })),
      'key_set_duplicate_key',
    ],
    ['a key that is no object', async () => '{"keys":["key"]}', 'key_set_shape_invalid'],
    ['a key with an unknown member', () => set(key({ exp: 1 })), 'key_set_shape_invalid'],
    ['an RSA key', () => set(key({ kty: 'RSA' })), 'key_type_invalid'],
    ['no key type', () => set(key({ kty: undefined })), 'key_type_invalid'],
    ['HS512', () => set(key({ alg: 'HS512' })), 'key_algorithm_invalid'],
    ['no algorithm', () => set(key({ alg: undefined })), 'key_algorithm_invalid'],
    ['an encryption key', () => set(key({ use: 'enc' })), 'key_use_invalid'],
    ['null as use', () => set(key({ use: null })), 'key_use_invalid'],
    ['no value', () => set(key({ k: undefined })), 'key_value_invalid'],
    ['an empty value', () => set(key({ k: '' })), 'key_value_invalid'],
    ['a padded value', () => set(key({ k: `${base64url('x'.repeat(32))}=` })), 'key_value_invalid'],
    [
      'a value in the other alphabet',
      () => set(key({ k: Buffer.from('~'.repeat(33)).toString('base64') })),
      'key_value_invalid',
    ],
    ['a value with unused bits set', () => set(key({ k: `${'A'.repeat(42)}B` })), 'key_value_invalid'],
    ['a value with a newline in the base64url', () => set(key({ k: `${base64url(value)}\n` })), 'key_value_invalid'],
    ['a secret with a newline', () => set(key({ k: base64url(`${value}\n`) })), 'key_secret_invalid'],
    ['a short secret', () => set(key({ k: base64url('short') })), 'key_secret_invalid'],
    ['bytes that are no UTF-8', () => set(key({ k: base64url(new Uint8Array(48).fill(0xff)) })), 'key_secret_invalid'],
    ['no key ID', () => set(key({ kid: undefined })), 'key_id_invalid'],
    ['a key ID without a label', () => set(key({ kid: '.abcdefgh' })), 'key_id_invalid'],
    ['a key ID with two dots', async () => set(key({ kid: `a.${await kidOf(value)}` })), 'key_id_invalid'],
    ['the key ID of another secret', async () => set(key({ kid: await kidOf(other) })), 'key_id_mismatch'],
    ['a key ID without thumbprint', () => set(key({ kid: 'frontend-enhanced.' })), 'key_id_mismatch'],
    ['the value of another secret', () => set(key({ k: base64url(other) })), 'key_id_mismatch'],
  ])('%s', async (_, text, code) => {
    const json = await text();
    const error = await refusalOf(() => parseKeySet(json));
    expect(error.code).toBe(code);
    for (const hidden of [value, other, base64url(value), base64url(other)]) {
      expect(visibleText(error)).not.toContain(hidden);
    }
  });

  test('says which key is wrong and by which rule', async () => {
    const { message } = await refusalOf(async () =>
      parseKeySet(await set(key(), key({ k: base64url('z'.repeat(31)) }))),
    );
    expect(message).toContain('keys[1]');
    expect(message).toContain('is 31 bytes; at least 32 are needed');
  });

  test('when any character of a value, or of a key ID behind its label, is changed', async () => {
    const replacement = fc.constantFrom(...'ABCabc019-_. +/=');
    await fc.assert(
      fc.asyncProperty(
        secrets,
        fc.constantFrom('kid' as const, 'k' as const),
        fc.nat(),
        replacement,
        async (values, member, at, by) => {
          const { keys } = await createKeySet(values);
          const index = at % keys.length;
          const tampered = keys.map((original, position) => {
            if (position !== index) return original;
            const text = member === 'k' ? original.k : original.kid;
            const start = member === 'k' ? 0 : text.indexOf('.');
            const cut = start + (at % (text.length - start));
            fc.pre(text.charAt(cut) !== by);
            return { ...original, [member]: text.slice(0, cut) + by + text.slice(cut + 1) };
          });
          const error = await refusalOf(() => parseKeySet(JSON.stringify({ keys: tampered })));
          expect(error.code).toMatch(/^key_(value_invalid|secret_invalid|id_invalid|id_mismatch)$/);
        },
      ),
    );
  });
});

describe('the key of a secret', () => {
  test('is found by value, despite surrounding white space', async () => {
    await fc.assert(
      fc.asyncProperty(secrets, fc.nat(), whiteSpace, async (values, pick, around) => {
        const set = await createKeySet(values);
        const index = pick % values.length;
        expect(findKeyOfSecret(set, around + values[index] + around)).toEqual(set.keys[index]);
      }),
    );
  });

  test('is not found for any other secret', async () => {
    await fc.assert(
      fc.asyncProperty(secrets, secret, async (values, other) => {
        fc.pre(!values.includes(other));
        expect(findKeyOfSecret(await createKeySet(values), other)).toBeUndefined();
      }),
    );
  });

  test('is not found by a key ID that claims to be its own', async () => {
    const [mine, theirs] = [generateSecret(), generateSecret()];
    const [key] = (await createKeySet([theirs])).keys;
    const set = { keys: [{ ...key, kid: await keyIdOf(mine) }] } as KeySet;
    expect(findKeyOfSecret(set, mine)).toBeUndefined();
  });

  test('is not looked for when the secret is bad', async () => {
    const set = await createKeySet([generateSecret()]);
    expect(await codeOf(() => findKeyOfSecret(set, ''))).toBe('secret_missing');
  });
});
