import type { AnyJson } from '../../support/any-json.ts';
import { type StubS3, startStubS3 } from './support/stub-s3.ts';
import { bucketsIn, type OpenBuckets, startToolServer, type ToolServer } from './support/tool-server.ts';

const BUCKET = 'test-bucket';
let s3: StubS3;
let buckets: OpenBuckets;
let server: ToolServer;
beforeAll(async () => {
  s3 = await startStubS3();
  buckets = bucketsIn(s3.client, [BUCKET]);
  server = await startToolServer(buckets);
});
afterAll(async () => {
  await server.stop();
  await s3.stop();
});

test('every tool of the service is listed, with what a model needs to know of it', async () => {
  const tools = await server.list();
  expect(tools.map(({ name }) => name).toSorted()).toEqual(
    expect.arrayContaining([
      'bucket_object_info',
      'bucket_object_link',
      'bucket_object_text',
      'bucket_objects_list',
      'bucket_objects_put',
      'discover_buckets',
      'list_available_resources',
      'package_browse',
      'packages_list',
    ]),
  );
  for (const { name, description, inputSchema, outputSchema, annotations } of tools) {
    expect(description.length).toBeGreaterThan(40);
    expect(inputSchema.type).toBe('object');
    expect(outputSchema.type).toBe('object');
    expect(annotations).toMatchObject({ readOnlyHint: name !== 'bucket_objects_put', openWorldHint: false });
    const undescribed = Object.entries<AnyJson>(inputSchema.properties ?? {}).filter(
      ([, { description }]) => !description,
    );
    expect(undescribed.map(([property]) => `${name}.${property}`)).toEqual([]);
  }
  const put = tools.find(({ name }) => name === 'bucket_objects_put');
  expect(put.annotations).toMatchObject({ destructiveHint: true, idempotentHint: false });
});

const PUT = { key: 'k', content: 'x' };
test.each([
  ['a key that leads out of the bucket', 'bucket_object_text', { key: '../other/key' }],
  ['a key with a dot for a segment', 'bucket_object_info', { key: 'a/./b' }],
  ['a key that ends with two dots', 'bucket_object_link', { key: 'a/..' }],
  ['a key to write that leads out of the bucket', 'bucket_objects_put', { objects: [{ ...PUT, key: 'a/../../b' }] }],
  ['a key that is too long', 'bucket_object_info', { key: 'ü'.repeat(513) }],
  ['half a character in a key', 'bucket_object_info', { key: '\ud83d' }],
  ['an empty key', 'bucket_object_info', { key: '' }],
  ['a page that is too long', 'bucket_objects_list', { limit: 1001 }],
  ['an empty page', 'packages_list', { limit: 0 }],
  ['more text than is allowed', 'bucket_object_text', { key: 'k', max_bytes: 1e6 }],
  ['less text than a character', 'bucket_object_text', { key: 'k', max_bytes: 3 }],
  ['a start before the beginning', 'bucket_object_text', { key: 'k', start_byte: -1 }],
  ['a link for a day', 'bucket_object_link', { key: 'k', lifetime_seconds: 86_400 }],
  ['no objects', 'bucket_objects_put', { objects: [] }],
  [
    'too many objects',
    'bucket_objects_put',
    { objects: Array.from({ length: 21 }, (_, n) => ({ ...PUT, key: `${n}` })) },
  ],
  [
    'a header in a content type',
    'bucket_objects_put',
    { objects: [{ ...PUT, content_type: 'a/b\r\nx-amz-acl: public' }] },
  ],
  ['a package without a namespace', 'package_browse', { package: 'name' }],
  ['a package that leads elsewhere', 'package_browse', { package: 'a/b/../c' }],
  ['too little of a top hash', 'package_browse', { package: 'a/b', top_hash: 'abcde' }],
])('%s is refused before any bucket is opened', async (_, tool, args) => {
  buckets.opened.splice(0);
  const answer = await server.call(tool, { bucket: BUCKET, ...args });
  expect(answer).toHaveProperty('error');
  expect(buckets.opened).toEqual([]);
});

test.each(['AAAA', Buffer.from('made up by somebody').toString('base64url')])(
  'the made-up cursor "%s" is refused before S3 is asked',
  async (cursor) => {
    let asked = false;
    s3.answer((_, response) => {
      asked = true;
      response.writeHead(500).end();
    });
    for (const [tool, args] of [
      ['bucket_objects_list', {}],
      ['packages_list', {}],
      ['package_browse', { package: 'a/b' }],
    ] as const) {
      expect(await server.call(tool, { bucket: BUCKET, cursor, ...args })).toHaveProperty('error');
    }
    expect(asked).toBe(false);
  },
);

test('what the bucket access refuses is refused by every tool', async () => {
  const args = { bucket: 'not-mine', key: 'k', package: 'a/b', objects: [PUT] };
  for (const tool of (await server.list()).filter(({ inputSchema }) => inputSchema.properties?.bucket)) {
    expect(await server.call(tool.name, args)).toMatchObject({ error: 'bucket_not_in_token' });
  }
});
