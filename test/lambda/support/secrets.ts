import fc from 'fast-check';
import { weaknessOf } from '../../../auth/admit-secret.ts';
import { createKeySet, serializeKeySet } from '../../../auth/key-set.ts';

/** Text of a key set that accepts these secrets. */
export async function keySetText(...secrets: readonly string[]): Promise<string> {
  return serializeKeySet(await createKeySet(secrets));
}

/** Secrets that may enter: 32 to 200 characters of printable ASCII without a known weakness. */
export const secretArbitrary = fc
  .string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength: 32,
    maxLength: 200,
  })
  .filter((secret) => weaknessOf(secret) === undefined);

/** White space as editors, shells and clipboards leave it around a value. */
export const whiteSpaceArbitrary = fc.string({
  unit: fc.constantFrom(' ', '\t', '\n', '\r\n', '\u00a0', '\ufeff', '\u2028'),
  maxLength: 4,
});
