import fc from 'fast-check';
import type { Authorization, Level } from '../../auth/authorization.ts';

const characters = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String.fromCharCode(from + index));

/** What a secret may be made of: 0x21 to 0x7e. */
export const printable = fc.constantFrom(...characters(0x21, 0x7e));

/** Secrets that every rule accepts; `size` keeps the common case short and reaches the limits now and then. */
export const secret = fc.oneof(
  { arbitrary: fc.string({ unit: printable, minLength: 32, maxLength: 80 }), weight: 9 },
  { arbitrary: fc.string({ unit: printable, minLength: 1000, maxLength: 1024, size: 'max' }), weight: 1 },
);

/** Every white space character of Unicode 15, and the byte order mark. */
export const whiteSpaceCharacters = [
  ...characters(0x09, 0x0d),
  ' ',
  '\u0085',
  '\u00a0',
  '\u1680',
  ...characters(0x2000, 0x200a),
  '\u2028',
  '\u2029',
  '\u202f',
  '\u205f',
  '\u3000',
  '\ufeff',
];

export const whiteSpace = fc.string({ unit: fc.constantFrom(...whiteSpaceCharacters), maxLength: 8 });

export const level = fc.constantFrom<Level>('read', 'write', 'admin');

export const action = fc
  .tuple(
    fc.constantFrom('s3', 'athena', 'glue', 'iam', 's3-object-lambda'),
    fc.stringMatching(/^[A-Z][A-Za-z0-9]{0,30}$/),
  )
  .map(([service, name]) => `${service}:${name}`);

export const bucketName = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{1,30}[a-z0-9]$/);

/** Any well-formed text that is not blank and holds no control characters, in any script. */
export const plainText = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 30 })
  .map((text) => text.replace(/\p{Cc}/gu, ''))
  .filter((text) => text.trim() !== '');

export const authorization: fc.Arbitrary<Authorization> = fc.record({
  level,
  roles: fc.array(plainText, { maxLength: 4 }),
  permissions: fc.array(action, { maxLength: 30 }),
  buckets: fc.oneof(fc.constant(['*']), fc.array(bucketName, { maxLength: 40 })),
});
