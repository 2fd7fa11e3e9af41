import fc from 'fast-check';
import * as z from 'zod';
import { lenientInput } from '../../../../services/mcp/tools/lenient-input.ts';
import { locationOf } from '../../../../services/mcp/tools/object-location.ts';

const OBJECT = z.object({
  bucket: z.string().min(1),
  key: z.string().min(1),
  version_id: z.string().min(1).optional(),
  limit: z.int().min(1).max(10).default(3),
  recursive: z.boolean().default(false),
  note: z.string().optional(),
  objects: z.array(z.object({ key: z.string(), size: z.int().optional() })).optional(),
});
const LISTING = z.object({ bucket: z.string().min(1), prefix: z.string().default('') });
const BUCKET = z.object({ bucket: z.string().min(1) });

const PLACES = new Map<z.ZodType, 'key' | 'prefix'>([
  [OBJECT, 'key'],
  [LISTING, 'prefix'],
]);

async function read(schema: z.ZodType, given: unknown) {
  const { schema: lenient, otherReading } = lenientInput(schema, PLACES.get(schema));
  const result = await lenient['~standard'].validate(given);
  if (result.issues !== undefined) return { refused: result.issues.map(({ message }) => message).join(' ') };
  return { value: result.value, other: otherReading(result.value) };
}

const here = { bucket: 'b-1', key: 'k' };

describe('arguments are read as a model means them', () => {
  test.each([
    ['null for an optional argument', { ...here, version_id: null, limit: null }, here],
    ['an empty text for an optional argument', { ...here, version_id: '' }, here],
    ['a number as text', { ...here, limit: '5' }, { ...here, limit: 5 }],
    ['a number as text with blanks', { ...here, limit: ' 5 ' }, { ...here, limit: 5 }],
    ['a boolean as text', { ...here, recursive: 'true' }, { ...here, recursive: true }],
    ['a boolean of Python', { ...here, recursive: 'False' }, { ...here, recursive: false }],
    ['a text as number', { ...here, note: 5 }, { ...here, note: '5' }],
    ['a list as text', { ...here, objects: '[{"key":"a"}]' }, { ...here, objects: [{ key: 'a' }] }],
    [
      'a list as text, with members as text',
      { ...here, objects: '[{"key":"a","size":"7"},{"key":"b","size":null}]' },
      { ...here, objects: [{ key: 'a', size: 7 }, { key: 'b' }] },
    ],
    ['an object in a list as text', { ...here, objects: ['{"key":"a"}'] }, { ...here, objects: [{ key: 'a' }] }],
  ])('%s', async (_, given, meant) => {
    expect(await read(OBJECT, given)).toEqual({ value: OBJECT.parse(meant) });
  });

  test.each([
    ['the URL of the object as bucket', { bucket: 's3://b-1/a/b' }, { bucket: 'b-1', key: 'a/b' }],
    ['the URL as key without a bucket', { key: 's3://b-1/a/b' }, { bucket: 'b-1', key: 'a/b' }],
    ['the URL as both', { bucket: 's3://b-1/a/b', key: 's3://b-1/a/b' }, { bucket: 'b-1', key: 'a/b' }],
    ['the URL as bucket, with its key', { bucket: 's3://b-1/a/b', key: 'a/b' }, { bucket: 'b-1', key: 'a/b' }],
    ['an ARN', { bucket: 'arn:aws:s3:::b-1/a/b' }, { bucket: 'b-1', key: 'a/b' }],
    ['the ARN of the bucket', { bucket: 'arn:aws-us-gov:s3:::b-1', key: 'k' }, here],
    ['an https URL', { bucket: 'https://b-1.s3.eu-west-1.amazonaws.com/a%20b' }, { bucket: 'b-1', key: 'a b' }],
    ['an https URL by path', { bucket: 'https://s3.amazonaws.com/b-1/k' }, here],
    ['a version in the URL', { key: 'https://b-1.s3.amazonaws.com/k?versionId=v1' }, { ...here, version_id: 'v1' }],
    ['the bucket as URL', { bucket: 's3://b-1/', key: 'k' }, { ...here }],
  ])('%s', async (_, given, meant) => {
    expect(await read(OBJECT, given)).toEqual({ value: OBJECT.parse(meant) });
  });

  test('a folder of a bucket as its URL', async () => {
    expect(await read(LISTING, { bucket: 's3://b-1/a/' })).toEqual({ value: { bucket: 'b-1', prefix: 'a/' } });
  });

  test('no arguments at all, when none is needed', async () => {
    expect(await read(z.object({ limit: z.int().default(1) }), null)).toEqual({ value: { limit: 1 } });
  });
});

describe('what can be exact is exact', () => {
  test.each([
    ['a key that begins with a slash', { ...here, key: '/a/b' }, { ...here, key: 'a/b' }],
    ['a key that looks like a URL', { ...here, key: 's3://b-1/a' }, { ...here, key: 'a' }],
  ])('%s, and the other reading is known', async (_, given, other) => {
    expect(await read(OBJECT, given)).toEqual({ value: OBJECT.parse(given), other: OBJECT.parse(other) });
  });

  test('arguments that the schema accepts are unchanged, except for URLs', async () => {
    const arbitrary = fc.record(
      {
        bucket: fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,20}[a-z0-9]$/),
        key: fc.string({ minLength: 1 }).filter((key) => locationOf(key) === undefined),
        version_id: fc.string({ minLength: 1 }),
        limit: fc.integer({ min: 1, max: 10 }),
        recursive: fc.boolean(),
        note: fc.oneof(fc.string(), fc.constantFrom('', 'null', 'true', '5', '[]', '{}')),
        objects: fc.array(fc.record({ key: fc.string() })),
      },
      { requiredKeys: ['bucket', 'key'] },
    );
    await fc.assert(
      fc.asyncProperty(arbitrary, async (given) => {
        expect((await read(OBJECT, given)).value).toEqual(OBJECT.parse(given));
      }),
    );
  });

  test('the published schema is that of the tool', () => {
    const options = { target: 'draft-2020-12' } as const;
    expect(lenientInput(OBJECT).schema['~standard'].jsonSchema.input(options)).toEqual(
      OBJECT['~standard'].jsonSchema.input(options),
    );
  });
});

describe('what is not meant so is refused', () => {
  test.each([
    ['a bucket that contradicts the URL', { bucket: 'b-2', key: 's3://b-1/k' }, /"b-1".*another/],
    ['two objects', { bucket: 's3://b-1/a', key: 'b' }, /two different objects/],
    ['null for what is needed', { bucket: 'b-1', key: null }, /expected string/],
    ['words for a number', { ...here, limit: 'five' }, /expected number/],
    ['a number beyond the limit', { ...here, limit: '11' }, /<=10/],
    ['no boolean', { ...here, recursive: 'yes' }, /expected boolean/],
    ['no list', { ...here, objects: '{"key":"a"}' }, /expected array/],
    ['broken JSON', { ...here, objects: '[{"key"' }, /expected array/],
    ['a list for the arguments', [], /expected object/],
  ])('%s', async (_, given, message) => {
    expect((await read(OBJECT, given)).refused).toMatch(message);
  });

  test('a path where a bucket alone is asked for', async () => {
    expect((await read(BUCKET, { bucket: 's3://b-1/a' })).refused).toContain('specify only the bucket, "b-1"');
  });

  test('with what is wrong after the reading', async () => {
    const { refused } = await read(OBJECT, { ...here, limit: '11', recursive: 'yes' });
    expect(refused).toMatch(/<=10.*expected boolean/);
  });

  test('any arguments, without an exception', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything({ withNullPrototype: true }), async (given) => {
        await read(OBJECT, given);
        await read(LISTING, typeof given === 'object' ? { bucket: 'b-1', ...given } : given);
      }),
    );
  });
});

test.each([
  ['a bare name', 'b-1'],
  ['a key', 'a/b'],
  ['another host', 'https://b-1.example.org/k'],
  ['a host that only ends alike', 'https://b-1.s3.eu-west-1.notamazonaws.com/k'],
  ['a port', 'https://b-1.s3.amazonaws.com:8443/k'],
  ['a user', 'https://user@b-1.s3.amazonaws.com/k'],
  ['percent signs that encode no text', 'https://b-1.s3.amazonaws.com/%ff'],
  ['a bucket that cannot be', 's3://B!/k'],
  ['no text', 7],
])('%s names no object', (_, text) => {
  expect(locationOf(text)).toBeUndefined();
});
