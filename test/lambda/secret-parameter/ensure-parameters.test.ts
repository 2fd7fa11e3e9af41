import fc from 'fast-check';
import { generateSecret } from '../../../auth/generate-secret.ts';
import { findKeyOfSecret, parseKeySet, secretOfKey } from '../../../auth/key-set.ts';
import { normalizeSecret } from '../../../auth/normalize-secret.ts';
import { ensureParameters } from '../../../lambda/secret-parameter/ensure-parameters.ts';
import { Refusal } from '../../../lambda/secret-parameter/properties.ts';
import { keySetText, secretArbitrary, whiteSpaceArbitrary } from '../support/secrets.ts';
import { Crash, KEY_ARN, KEY_SET, MemoryStore, OTHER_KEY_ARN, PROPERTIES, SECRET } from './memory-store.ts';

const first = generateSecret();
const second = generateSecret();

async function expectValid(store: MemoryStore): Promise<string> {
  const secret = store.value(SECRET) ?? '';
  expect(normalizeSecret(secret)).toBe(secret);
  expect(findKeyOfSecret(await parseKeySet(store.value(KEY_SET)), secret)).toBeDefined();
  expect([store.keyArn(SECRET), store.keyArn(KEY_SET)]).toEqual([KEY_ARN, KEY_ARN]);
  return secret;
}

async function acceptedBy(store: MemoryStore): Promise<readonly string[] | undefined> {
  const set = store.value(KEY_SET);
  return set === undefined ? undefined : (await parseKeySet(set)).keys.map(secretOfKey);
}

describe('what exists and what becomes of it', () => {
  test('neither: both are made, the set before the secret', async () => {
    const store = new MemoryStore();
    const done = await ensureParameters(PROPERTIES, store);
    expect(await expectValid(store)).toMatch(/^[A-Za-z0-9_-]{64}$/);
    expect(store.puts).toEqual([KEY_SET, SECRET]);
    expect(done).toMatchObject({ action: 'made', secretBytes: { before: null, after: 64 }, secretVersion: 1 });
    expect(done.acceptedKeyIds).toEqual([done.keyId]);
  });

  test('two calls from nothing on two stores make two secrets', async () => {
    const [one, other] = [new MemoryStore(), new MemoryStore()];
    await ensureParameters(PROPERTIES, one);
    await ensureParameters(PROPERTIES, other);
    expect(one.value(SECRET)).not.toBe(other.value(SECRET));
  });

  test('secret only, with the newline of a text file: adopted trimmed, the set is made from it', async () => {
    const store = new MemoryStore({ [SECRET]: `${first}\n` });
    const done = await ensureParameters(PROPERTIES, store);
    expect(await expectValid(store)).toBe(first);
    expect(store.puts).toEqual([KEY_SET, SECRET]);
    expect(done).toMatchObject({ action: 'adopted', secretBytes: { before: 65, after: 64 } });
  });

  test('secret only, in quotation marks: refused with its code, and adopted when the configuration accepts that', async () => {
    const store = new MemoryStore({ [SECRET]: `"${first}"` });
    await expect(ensureParameters(PROPERTIES, store)).rejects.toThrow(
      /enclosed in quotation marks.*Correct or delete it.*adoptSecretDespite: \['secret_quoted'\]/,
    );
    expect(store.puts).toEqual([]);
    const done = await ensureParameters({ ...PROPERTIES, AdoptDespite: ['secret_quoted'] }, store);
    expect(done).toMatchObject({ action: 'adopted' });
    expect(store.value(SECRET)).toBe(`"${first}"`);
  });

  test('a weak secret with its key set is in use, and kept', async () => {
    const weak = `secret-${first}`;
    const store = new MemoryStore({ [SECRET]: weak, [KEY_SET]: await keySetText(weak) });
    expect(await ensureParameters(PROPERTIES, store)).toMatchObject({ action: 'kept' });
    expect(store.value(SECRET)).toBe(weak);
  });

  test('set with one key only: the secret is made from it', async () => {
    const set = await keySetText(first);
    const store = new MemoryStore({ [KEY_SET]: set });
    expect(await ensureParameters(PROPERTIES, store)).toMatchObject({ action: 'made-from-set' });
    expect(await expectValid(store)).toBe(first);
    expect(store.value(KEY_SET)).toBe(set);
  });

  test.each([
    ['one key', [first]],
    ['two keys, signing with the first', [first, second]],
    ['two keys, signing with the second', [second, first]],
  ])('both, the set with %s: kept, and encrypted again under the own key', async (_, secrets) => {
    const set = await keySetText(...secrets);
    const store = new MemoryStore({ [SECRET]: first, [KEY_SET]: `${set}\n` });
    const done = await ensureParameters(PROPERTIES, store);
    expect(done).toMatchObject({ action: 'kept', secretVersion: 2, keySetVersion: 2 });
    expect(done.acceptedKeyIds).toHaveLength(secrets.length);
    expect(await expectValid(store)).toBe(first);
    expect(store.value(KEY_SET)).toBe(set);
    expect(store.puts).toEqual([KEY_SET, SECRET]);
  });
});

describe('what is refused', () => {
  const short = 'x'.repeat(31);
  const broken = `${'y'.repeat(40)} ${'z'.repeat(40)}`;
  test.each<[string, () => Promise<[string | undefined, string | undefined]>, RegExp]>([
    ['a secret that is not among the keys', async () => [first, await keySetText(second)], /not among the keys/],
    [
      'two keys and no secret',
      async () => [undefined, await keySetText(first, second)],
      /2 keys .* signing key is unknown/,
    ],
    ['a short secret', async () => [short, undefined], /jwt-secret is not usable: .*31 bytes/],
    ['white space inside a secret', async () => [broken, undefined], /jwt-secret is not usable: .*white space inside/],
    ['a bad secret beside a good set', async () => [short, await keySetText(first)], /jwt-secret is not usable/],
    ['a set that is no JSON', async () => [first, `${first}`], /jwt-verification-keys is not usable/],
    ['a set of another shape', async () => [first, '{"keys":[]}'], /jwt-verification-keys is not usable/],
    [
      'a set of one key with another kid',
      async () => [undefined, (await keySetText(first)).replace(/"kid":"[^"]*"/, '"kid":"frontend-enhanced.AAAAAAAA"')],
      /jwt-verification-keys is not usable/,
    ],
  ])('%s: with its reason, without a write, without the value', async (_, state, reason) => {
    const [secret, set] = await state();
    const store = new MemoryStore({ [SECRET]: secret, [KEY_SET]: set });
    const refusal: unknown = await ensureParameters(PROPERTIES, store).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refusal);
    const { message } = refusal as Refusal;
    expect(message).toMatch(reason);
    for (const value of [first, second, short, broken]) expect(message).not.toContain(value);
    expect(store.puts).toEqual([]);
  });
});

describe('a rotation that writes meanwhile', () => {
  test.each<[string, string, (store: MemoryStore) => Promise<unknown>]>([
    ['the set', KEY_SET, async (store) => store.put(KEY_SET, await keySetText(first, second), OTHER_KEY_ARN)],
    ['the secret', SECRET, async (store) => store.put(SECRET, second, OTHER_KEY_ARN)],
  ])('to %s is not taken back, and the deploy is refused', async (_, name, write) => {
    const store = new MemoryStore({ [SECRET]: first, [KEY_SET]: await keySetText(first) });
    const { get } = store;
    store.get = async (names) => {
      const found = await get.call(store, names);
      if (store.puts.length === 0) await write(store);
      return found;
    };
    await expect(ensureParameters(PROPERTIES, store)).rejects.toMatchObject({
      name: 'Refusal',
      message: `Parameter ${name} was changed during this deploy and was not overwritten. Wait until no rotation of the secret is under way, then deploy again.`,
    });
    expect(store.puts).toEqual([name]);
    expect(store.keyArn(name)).toBe(OTHER_KEY_ARN);
  });
});

describe('for any valid secret with any white space around it', () => {
  const states = fc.record({ secret: secretArbitrary, before: whiteSpaceArbitrary, after: whiteSpaceArbitrary });

  test('adoption leaves exactly the trimmed value and a set that contains it', async () => {
    await fc.assert(
      fc.asyncProperty(states, async ({ secret, before, after }) => {
        const store = new MemoryStore({ [SECRET]: before + secret + after });
        await ensureParameters(PROPERTIES, store);
        expect(store.value(SECRET)).toBe(secret);
        expect(await acceptedBy(store)).toEqual([secret]);
      }),
    );
  });

  test('after a crash at any call a second run ends valid, with no value lost', async () => {
    const present = fc.constantFrom('neither', 'secret', 'set', 'both', 'both of two');
    const crash = fc.record({ call: fc.integer({ min: 1, max: 4 }), when: fc.constantFrom('before', 'after') });
    await fc.assert(
      fc.asyncProperty(states, present, crash, async ({ secret, before, after }, state, crashed) => {
        const set = await keySetText(secret, ...(state === 'both of two' ? [second] : []));
        const store = new MemoryStore({
          [SECRET]: state === 'neither' || state === 'set' ? undefined : before + secret + after,
          [KEY_SET]: state === 'neither' || state === 'secret' ? undefined : before.replace(/[^ \t\r\n]/g, '') + set,
        });
        store.crash = crashed;
        await expect(ensureParameters(PROPERTIES, store)).rejects.toThrow(Crash);
        store.crash = undefined;
        const leftBehind = await acceptedBy(store);
        await ensureParameters(PROPERTIES, store);

        const ended = await expectValid(store);
        if (state !== 'neither') expect(ended).toBe(secret);
        const accepted = await acceptedBy(store);
        expect(accepted).toEqual(state === 'both of two' ? [secret, second] : [ended]);
        // What the crashed run made is used, not made once more.
        if (leftBehind !== undefined) expect(accepted).toEqual(leftBehind);
      }),
    );
  });

  test('a second run changes no value', async () => {
    const store = new MemoryStore();
    await ensureParameters(PROPERTIES, store);
    const before = [store.value(SECRET), store.value(KEY_SET)];
    expect(await ensureParameters(PROPERTIES, store)).toMatchObject({ action: 'kept' });
    expect([store.value(SECRET), store.value(KEY_SET)]).toEqual(before);
  });
});
