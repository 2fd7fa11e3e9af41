import fc from 'fast-check';
import {
  oneOf,
  readSettings,
  type Setting,
  StartError,
  text,
  urlPath,
  webUrl,
  wholeNumber,
} from '../../../services/shared/settings.ts';

const read = async <T>(setting: Setting<T>, value: string | undefined): Promise<T> =>
  (await readSettings({ [setting.name]: value }, { setting })).setting as T;

async function refusal(work: Promise<unknown>): Promise<StartError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof StartError) return error;
    throw error;
  }
  throw new Error('expected a StartError');
}

const port = wholeNumber('PORT', { minimum: 0, maximum: 65_535, fallback: 8080 });

test.each([
  [undefined, 8080],
  ['', 8080],
  ['0', 0],
  [' 443 ', 443],
])('a whole number: %p is %p', async (value, expected) => {
  expect(await read(port, value)).toBe(expected);
});

test.each(['-1', '65536', '1e3', '0x10', '80.5', 'eighty', '80 80', '99999999999999999999'])(
  'no port: %s',
  async (value) => {
    expect((await refusal(read(port, value))).message).toBe(
      'PORT: must be a whole number from 0 to 65535; leave it out for 8080',
    );
  },
);

test.each([
  ['https://quilt.example.org', 'https://quilt.example.org'],
  ['https://quilt.example.org/', 'https://quilt.example.org'],
  ['https://example.org/quilt/', 'https://example.org/quilt'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['http://localhost:1', 'http://localhost:1'],
  ['http://[::1]:2', 'http://[::1]:2'],
])('a URL: %s', async (value, expected) => {
  expect(await read(webUrl('URL'), value)).toBe(expected);
});

test.each([
  undefined,
  'quilt.example.org',
  'http://quilt.example.org',
  'http://127.0.0.1.example.org',
  'ftp://quilt.example.org',
  'https://alice:pass@quilt.example.org',
  'https://quilt.example.org?x=1',
  'https://quilt.example.org#x',
])('no URL that a login token may go to: %p', async (value) => {
  expect((await refusal(read(webUrl('URL'), value))).message).toMatch(/^URL: /);
});

test.each(['/mcp', '/tools/mcp', '/a-b_c.d~e'])('a path: %s', async (value) => {
  expect(await read(urlPath('P', '/mcp'), value)).toBe(value);
});

test.each(['mcp', '/mcp/', '/', '//', '/a?b', '/a b'])('no path: %s', async (value) => {
  expect((await refusal(read(urlPath('P', '/mcp'), value))).message).toMatch(/^P: /);
});

test('everything that is wrong is named at once, in one line', async () => {
  const settings = { port, level: oneOf('LEVEL', ['low', 'high'], 'low'), url: webUrl('URL'), name: text('NAME', 'x') };
  const error = await refusal(readSettings({ PORT: 'x', LEVEL: 'middle', NAME: 'a\nb' }, settings));
  expect(error.problems).toHaveLength(4);
  expect(error.message).not.toContain('\n');
  for (const name of ['PORT', 'LEVEL', 'URL', 'NAME']) expect(error.message).toContain(`${name}: `);
});

test('no refusal repeats what was in a variable: it may be a misplaced secret', async () => {
  const settings = [port, oneOf('LEVEL', ['low', 'high'], 'low'), webUrl('URL'), urlPath('P', '/mcp')];
  const quoting: Setting<never> = {
    name: 'Q',
    read: (value) => {
      throw new Error(`cannot parse ${value}`);
    },
  };
  const value = fc.string({ minLength: 12, maxLength: 40 }).map((tail) => `mark-${tail}`);
  await fc.assert(
    fc.asyncProperty(value, fc.constantFrom(...settings, quoting), async (mark, setting) => {
      const error = await refusal(read(setting as Setting<unknown>, mark));
      expect(error.message).not.toContain('mark-');
    }),
  );
});
