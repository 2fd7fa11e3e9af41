import fc from 'fast-check';
import { MAX_SECRET_BYTES, MIN_SECRET_BYTES, normalizeSecret } from '../../auth/normalize-secret.ts';
import { printable, secret, whiteSpace, whiteSpaceCharacters } from './arbitraries.ts';
import { codeOf, refusalOf, visibleText } from './refusal.ts';

const mockPublished = 'published-'.repeat(4);
const mockPublishedAndShort = 'published';

jest.mock('../../auth/published-secrets.ts', () => ({
  isPublishedSecret: (value: string) => value === mockPublished || value === mockPublishedAndShort,
}));

const made = 'm'.repeat(64);

describe('a secret is trimmed', () => {
  test.each([
    ['a newline after it (65 bytes for 64)', `${made}\n`],
    ['CR LF after it', `${made}\r\n`],
    ['a byte order mark before it', `\ufeff${made}`],
    ['a next-line character, which String.trim leaves', `\u0085${made}\u0085`],
    ['nothing around it', made],
  ])('%s', (_, value) => {
    expect(normalizeSecret(value)).toBe(made);
  });

  test('of any white space on either side', () => {
    fc.assert(
      fc.property(whiteSpace, secret, whiteSpace, (before, value, after) => {
        expect(normalizeSecret(`${before}${value}${after}`)).toBe(value);
      }),
    );
  });

  test('once: a second time changes nothing', () => {
    fc.assert(
      fc.property(secret, (value) => {
        expect(normalizeSecret(normalizeSecret(value))).toBe(value);
      }),
    );
  });

  test('of a very long run of blanks without delay', () => {
    expect(normalizeSecret(' '.repeat(500_000) + made)).toBe(made);
  });
});

describe('a secret is refused', () => {
  test.each([
    ['undefined', undefined, 'secret_missing', 'missing'],
    ['empty', '', 'secret_missing', 'missing'],
    ['white space only, however much', ' \n\t'.repeat(30), 'secret_missing', 'contains only white space'],
    ['31 bytes', 'x'.repeat(31), 'secret_too_short', 'is 31 bytes; at least 32 are needed'],
    ['31 bytes and a newline', `${'x'.repeat(31)}\n`, 'secret_too_short', 'is 31 bytes; at least 32 are needed'],
    ['1,025 bytes', 'x'.repeat(1025), 'secret_too_long', 'is 1025 bytes; at most 1024 are accepted'],
    ['a blank inside', `${'x'.repeat(32)} ${'y'.repeat(32)}`, 'secret_inner_white_space', 'white space inside'],
    ['a newline inside', `${'x'.repeat(32)}\n${'y'.repeat(32)}`, 'secret_inner_white_space', 'white space inside'],
    ['a byte order mark inside', `${'x'.repeat(32)}\ufeffy`, 'secret_inner_white_space', 'white space inside'],
    ['a letter beyond ASCII', `${'x'.repeat(32)}é`, 'secret_not_printable_ascii', 'outside printable ASCII'],
    ['32 characters of four bytes', '🔑'.repeat(32), 'secret_not_printable_ascii', 'outside printable ASCII'],
    ['a zero byte', `${'x'.repeat(32)}\0`, 'secret_not_printable_ascii', 'outside printable ASCII'],
    ['DEL', `${'x'.repeat(32)}\x7f`, 'secret_not_printable_ascii', 'outside printable ASCII'],
    [
      'a zero-width space at the end',
      `${'x'.repeat(32)}\u200b`,
      'secret_not_printable_ascii',
      'outside printable ASCII',
    ],
    ['published', mockPublished, 'secret_published', 'published'],
    ['published, with a newline', `${mockPublished}\n`, 'secret_published', 'published'],
    ['published and too short', mockPublishedAndShort, 'secret_published', 'published'],
  ])('%s', async (_, value, code, reason) => {
    const error = await refusalOf(() => normalizeSecret(value));
    expect(error.code).toBe(code);
    expect(error.message).toContain(reason);
    expect(error.message).toContain('Restore the last good value');
  });

  test('when it has any length below 32 or above 1,024', async () => {
    const short = fc.string({ unit: printable, minLength: 1, maxLength: MIN_SECRET_BYTES - 1 });
    const long = fc.string({
      unit: printable,
      minLength: MAX_SECRET_BYTES + 1,
      maxLength: 2 * MAX_SECRET_BYTES,
      size: 'max',
    });
    await fc.assert(
      fc.asyncProperty(short, whiteSpace, async (value, around) => {
        expect(await codeOf(() => normalizeSecret(around + value + around))).toBe('secret_too_short');
      }),
    );
    await fc.assert(
      fc.asyncProperty(long, async (value) => {
        expect(await codeOf(() => normalizeSecret(value))).toBe('secret_too_long');
      }),
      { numRuns: 20 },
    );
  });

  test('when it has any white space inside', async () => {
    const halves = fc.string({ unit: printable, minLength: 16, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(halves, fc.constantFrom(...whiteSpaceCharacters), halves, async (one, blank, other) => {
        expect(await codeOf(() => normalizeSecret(one + blank + other))).toBe('secret_inner_white_space');
      }),
    );
  });

  test('when it has any character outside printable ASCII', async () => {
    const halves = fc.string({ unit: printable, minLength: 16, maxLength: 40 });
    const other = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 1 })
      .filter((text) => !/^[\x21-\x7e]$/.test(text) && !whiteSpaceCharacters.includes(text));
    await fc.assert(
      fc.asyncProperty(halves, other, halves, async (one, character, two) => {
        expect(await codeOf(() => normalizeSecret(one + character + two))).toBe('secret_not_printable_ascii');
      }),
    );
  });
});

describe('a refusal does not give the value away', () => {
  test('its text depends on the rule and the length alone', async () => {
    const pairs = fc.integer({ min: 1, max: 31 }).chain((length) => {
      const value = fc.string({ unit: printable, minLength: length, maxLength: length });
      return fc.tuple(value, value);
    });
    await fc.assert(
      fc.asyncProperty(pairs, async ([one, other]) => {
        const refusals = await Promise.all([one, other].map((value) => refusalOf(() => normalizeSecret(value))));
        expect(refusals[0]?.message).toBe(refusals[1]?.message);
      }),
    );
  });

  test('nothing that a log could show holds it', async () => {
    const half = fc.string({ unit: printable, minLength: 12, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(half, fc.constantFrom(' ', '\n', 'é', '\0'), half, async (one, fault, other) => {
        const text = visibleText(await refusalOf(() => normalizeSecret(one + fault + other)));
        expect(text).not.toContain(one);
        expect(text).not.toContain(other);
      }),
    );
  });
});
