import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { admitSecret, weaknessOf } from '../../auth/admit-secret.ts';
import { type AuthErrorCode, WEAKNESS_CODES, type WeaknessCode } from '../../auth/errors.ts';
import { generateSecret } from '../../auth/generate-secret.ts';
import { normalizeSecret } from '../../auth/normalize-secret.ts';
import { codeOf, refusalOf, visibleText } from './refusal.ts';

const good = randomBytes(48).toString('base64url');

/** Random bytes as tools print them; fast-check's own bytes are small too often, which those of no generator are. */
const random = fc
  .tuple(fc.integer({ min: 24, max: 96 }), fc.constantFrom<BufferEncoding>('base64url', 'base64', 'hex'))
  .map(([bytes, encoding]) => randomBytes(bytes).toString(encoding));

describe('a value that enters is refused', () => {
  test.each<[string, string, AuthErrorCode]>([
    ['double quotes around it', `"${good}"`, 'secret_quoted'],
    ['single quotes around it', `'${good}'`, 'secret_quoted'],
    ['backquotes around it', `\`${good}\``, 'secret_quoted'],
    ['parentheses around it', `(${good})`, 'secret_quoted'],
    ['JSON with the secret in it', `{"secret":"${good}"}`, 'secret_json'],
    ['JSON list', `["${good}"]`, 'secret_json'],
    ['a line of an .env file', `MCP_ENHANCED_JWT_SECRET=${good}`, 'secret_assignment'],
    ['a line of an .env file with quotes', `JWT_SECRET="${good}"`, 'secret_assignment'],
    ['a name in lower case', `jwt_secret=${good}`, 'secret_assignment'],
    ['YAML without a blank', `secret:${good}`, 'secret_assignment'],
    ['export with a blank', `export SECRET=${good}`, 'secret_inner_white_space'],
    ['YAML', `secret: ${good}`, 'secret_inner_white_space'],
    ['Bearer in front', `Bearer ${good}`, 'secret_inner_white_space'],
    ['a shell variable', `$\{SECRET}${good}`, 'secret_reference'],
    ['a name of a variable', '$MCP_ENHANCED_JWT_SECRET_OF_PRODUCTION', 'secret_reference'],
    ['a variable of Windows', '%MCP_ENHANCED_JWT_SECRET_PRODUCTION%', 'secret_reference'],
    ['a command', '$(aws-ssm-get-parameter--name/quilt/jwt)', 'secret_reference'],
    ['a placeholder in angle brackets', '<insert-your-64-character-value-here>', 'secret_reference'],
    ['a dynamic reference', '{{resolve:ssm-secure:/quilt/mcp-server/jwt-value:1}}', 'secret_reference'],
    ['an ARN', 'arn:aws:ssm:us-east-1:111122223333:parameter/quilt/jwt', 'secret_reference'],
    ['a URL', 'https://vault.example.org/v1/quilt/mcp-server/jwt', 'secret_reference'],
    ['the path of a parameter', '/quilt/mcp-server/jwt-signing-value-of-production', 'secret_reference'],
    ['changeme, long enough', 'changeme-changeme-CHANGEME-0123456', 'secret_placeholder'],
    ['change-this', 'Change-this-in-production-please-4711', 'secret_placeholder'],
    ['replace_with', 'replace_with_64_random_characters_4711', 'secret_placeholder'],
    ['a development value', 'Development-Key-For-Local-Use-Only-4711', 'secret_placeholder'],
    ['your-256-bit-…', 'your-256-bit-HS256-signing-key-goes-in', 'secret_placeholder'],
    ['one character 64 times', '~'.repeat(64), 'secret_few_characters'],
    ['few letters', 'abcabdabeabc'.repeat(4), 'secret_few_characters'],
    ['zeros', '0'.repeat(32), 'secret_few_characters'],
    ['a word four times', 'tR8-kLw2Zq'.repeat(4), 'secret_repeated'],
    ['a word twice and a half', `${'tR8-kLw2Zqx0Pm3v'.repeat(2)}tR8-kLw`, 'secret_repeated'],
    ['a long secret pasted twice', good + good, 'secret_repeated'],
    ['the alphabet', 'abcdefghijklmnopqrstuvwxyz0123456789', 'secret_sequence'],
    ['digits up and down', '01234567899876543210a0123456789z', 'secret_sequence'],
    [
      'the key of RFC 7515, appendix A.1',
      'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
      'secret_published',
    ],
    ['the default of jwt.io', 'a-string-secret-at-least-256-bits-long\n', 'secret_published'],
    ['the default of Supabase', 'your-super-secret-jwt-token-with-at-least-32-characters-long', 'secret_published'],
    ['31 bytes', 'x'.repeat(31), 'secret_too_short'],
    ['nothing', '\n', 'secret_missing'],
  ])('%s', async (_, value, code) => {
    const error = await refusalOf(() => admitSecret(value));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/Write a random value instead|Restore the last good value/);
    expect(visibleText(error)).not.toContain(good);
  });

  test('refuses a good secret with any wrapping', () => {
    const wrapping = fc.constantFrom<[string, string]>(
      ['"', '"'],
      ["'", "'"],
      ['`', '`'],
      ['{"value":"', '"}'],
      ['["', '"]'],
      ['SECRET=', ''],
      ['JWT_SECRET="', '"'],
      ["export KEY='", "'"],
      ['secret: ', ''],
      ['', '\n'],
      ['\ufeff', '\r\n'],
      ['\t', ' '],
      ['\u201c', '\u201d'],
    );
    fc.assert(
      fc.property(wrapping, wrapping, ([a, z], [b, y]) => {
        let taken: string;
        try {
          taken = admitSecret(`${b}${a}${good}${z}${y}`);
        } catch {
          return;
        }
        expect(taken === good).toBe(true);
      }),
    );
  });
});

describe('a value that enters is taken', () => {
  test('as random bytes are printed by the usual tools', () => {
    fc.assert(
      fc.property(random, (value) => {
        expect(weaknessOf(value)).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  test('as this project generates it', () => {
    for (let run = 0; run < 2000; run += 1) expect(weaknessOf(generateSecret())).toBeUndefined();
  });

  test('without its surrounding white space', () => {
    expect(admitSecret(`${good}\n`)).toBe(good);
  });

  test.each<[WeaknessCode, string]>([
    ['secret_quoted', `"${good}"`],
    ['secret_placeholder', `secret-${good}`],
    ['secret_repeated', good + good],
  ])('despite %s, when the configuration names it', async (code, value) => {
    expect(admitSecret(value, [code])).toBe(value);
    const others = WEAKNESS_CODES.filter((other) => other !== code);
    expect(await codeOf(() => admitSecret(value, others))).toBe(code);
  });

  test('but never when it was published', async () => {
    const published = 'super-secret-jwt-token-with-at-least-32-characters-long';
    expect(await codeOf(() => admitSecret(published, WEAKNESS_CODES))).toBe('secret_published');
  });
});

test('a secret in use is read whatever its shape', () => {
  expect(normalizeSecret(`"${good}"`)).toBe(`"${good}"`);
  expect(weaknessOf(`"${good}"`)).toBe('secret_quoted');
});

test('the longest value is checked without delay', () => {
  const long = `${'ab'.repeat(511)}c`;
  expect(weaknessOf(long)).toBe('secret_few_characters');
  expect(weaknessOf(randomBytes(768).toString('base64url'))).toBeUndefined();
});
