import fc from 'fast-check';
import { decodeBase64url, encodeBase64url } from '../../auth/encoding.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

test('any text is read back as it was written', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
      expect(Buffer.from(decodeBase64url(encodeBase64url(text)) ?? []).toString('utf8')).toBe(text);
    }),
  );
});

test('no bytes have two spellings', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...alphabet, '=', '+', '/', '\n', 'é') }), (text) => {
      const bytes = decodeBase64url(text);
      const canonical = bytes === undefined ? undefined : Buffer.from(bytes).toString('base64url');
      expect([undefined, text]).toContain(canonical);
    }),
  );
});

test.each([
  ['', undefined],
  ['Zg', 'f'],
  ['Zh', undefined],
  ['Zg==', undefined],
  ['Zm8', 'fo'],
  ['Zm9', undefined],
  ['Zm9v', 'foo'],
  ['Z', undefined],
  ['Zm9vZ', undefined],
  ['Pz8_', '???'],
  ['Pz8/', undefined],
  ['Zm 9v', undefined],
])('%j is read as %j', (text, expected) => {
  const bytes = decodeBase64url(text);
  expect(bytes && Buffer.from(bytes).toString()).toBe(expected);
});
