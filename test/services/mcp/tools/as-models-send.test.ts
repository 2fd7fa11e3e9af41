/** Calls as language models write them, over the wire. */
import { refuse, type StubS3, startStubS3 } from './support/stub-s3.ts';
import { bucketsIn, type OpenBuckets, startToolServer, type ToolServer } from './support/tool-server.ts';

const BUCKET = 'test-bucket';
let s3: StubS3;
let buckets: OpenBuckets;
let server: ToolServer;
/** Paths that S3 was asked for, since the test began. */
const asked: string[] = [];

beforeAll(async () => {
  s3 = await startStubS3();
  buckets = bucketsIn(s3.client, [BUCKET]);
  server = await startToolServer(buckets);
});
afterAll(async () => {
  await server.stop();
  await s3.stop();
});
beforeEach(() => {
  asked.splice(0);
  buckets.opened.splice(0);
});

/** A bucket with these keys, each with its own key as content. */
function holding(...keys: string[]): void {
  s3.answer(({ url = '' }, response) => {
    const key = decodeURIComponent(new URL(url, 'http://s3').pathname.replace(`/${BUCKET}/`, ''));
    asked.push(key);
    if (!keys.includes(key)) return refuse(response, 404, 'NoSuchKey');
    response.writeHead(200, { 'content-length': Buffer.byteLength(key), 'content-type': 'text/plain' }).end(key);
  });
}

test.each([
  ['the URL of the object as bucket', { bucket: `s3://${BUCKET}/a/b` }],
  ['the URL of the object as key', { key: `s3://${BUCKET}/a/b` }],
  ['an ARN', { bucket: `arn:aws:s3:::${BUCKET}/a/b` }],
  ['an https URL', { bucket: `https://${BUCKET}.s3.us-east-1.amazonaws.com/a/b` }],
  [
    'numbers as text, null and nothing',
    { bucket: BUCKET, key: 'a/b', start_byte: '0', version_id: null, max_bytes: '' },
  ],
])('%s reads the intended object', async (_, args) => {
  holding('a/b');
  expect(await server.call('bucket_object_text', args)).toMatchObject({ bucket: BUCKET, key: 'a/b', text: 'a/b' });
  expect(asked).toEqual(['a/b']);
});

test('a key that begins with a slash is read exactly, and without the slash only when the object does not exist', async () => {
  holding('/a', 'a', 'b');
  expect(await server.call('bucket_object_text', { bucket: BUCKET, key: '/a' })).toMatchObject({ text: '/a' });
  expect(asked).toEqual(['/a']);
  expect(await server.call('bucket_object_text', { bucket: BUCKET, key: '/b' })).toMatchObject({ key: 'b', text: 'b' });
  expect(await server.call('bucket_object_text', { bucket: BUCKET, key: '/c' })).toMatchObject({
    error: 'object_not_found',
  });
});

test('the bucket of a URL is authorized like any other, before any call to S3', async () => {
  holding('k');
  for (const args of [{ bucket: 's3://not-mine/k' }, { bucket: 's3://not-mine', key: 's3://not-mine/k' }]) {
    expect(await server.call('bucket_object_text', args)).toMatchObject({ error: 'bucket_not_in_token' });
  }
  expect(buckets.opened.map(([name]) => name.replace('s3://', ''))).toEqual(['not-mine', 'not-mine']);
  expect(await server.call('bucket_object_text', { bucket: BUCKET, key: 's3://not-mine/k' })).toMatchObject({
    error: 'schema',
    message: expect.stringContaining('bucket names another one'),
  });
  expect(asked).toEqual([]);
});

test('a tool without arguments takes null for them', async () => {
  expect(await server.call('list_available_resources', null)).not.toHaveProperty('error');
});

test('a list of objects as JSON text is written as a list', async () => {
  s3.answer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, { etag: '"e"' }).end());
  });
  const objects = JSON.stringify([{ key: 'k', content: 'x', encoding: null }]);
  expect(await server.call('bucket_objects_put', { bucket: BUCKET, objects, overwrite: 'false' })).toMatchObject({
    written: 1,
  });
});
