/** What becomes of a call when S3 does not do what it should. */
import { once } from 'node:events';
import { S3Client } from '@aws-sdk/client-s3';
import { refuse, type StubS3, startStubS3 } from './support/stub-s3.ts';
import { bucketsIn, startToolServer, type ToolServer } from './support/tool-server.ts';

const BUCKET = 'test-bucket';
const INTERNALS = 'arn:aws:sts::000000000000:assumed-role/data/alice is not authorized';

let s3: StubS3;
let server: ToolServer;
beforeAll(async () => {
  s3 = await startStubS3();
  server = await startToolServer(bucketsIn(s3.client, [BUCKET]));
});
afterAll(async () => {
  await server.stop();
  await s3.stop();
});

const OBJECT = { bucket: BUCKET, key: 'some/key' };
const PUT = { bucket: BUCKET, objects: [{ key: 'some/key', content: 'x' }] };

test.each([
  ['bucket_objects_list', 404, 'NoSuchBucket', 'bucket_not_reachable'],
  ['bucket_objects_list', 301, 'PermanentRedirect', 'bucket_not_reachable'],
  ['bucket_objects_list', 403, 'AccessDenied', 'access_denied'],
  ['bucket_objects_list', 503, 'SlowDown', 'storage_unavailable'],
  ['bucket_object_text', 404, 'NoSuchKey', 'object_not_found'],
  ['bucket_object_text', 405, 'MethodNotAllowed', 'object_not_found'],
  ['bucket_object_text', 403, 'InvalidObjectState', 'object_archived'],
  ['bucket_object_text', 403, 'AccessDenied', 'access_denied'],
  ['bucket_object_text', 400, 'InvalidArgument', 'argument_invalid'],
  ['bucket_object_text', 400, 'ExpiredToken', 'credentials_unavailable'],
  ['bucket_object_text', 403, 'InvalidAccessKeyId', 'credentials_unavailable'],
  ['bucket_object_text', 500, 'InternalError', 'storage_unavailable'],
  ['bucket_objects_put', 409, 'ConditionalRequestConflict', 'storage_unavailable'],
  ['bucket_objects_put', 412, 'PreconditionFailed', 'object_exists'],
  ['bucket_objects_put', 403, 'AccessDenied', 'access_denied'],
  ['packages_list', 403, 'AccessDenied', 'access_denied'],
  ['package_browse', 404, 'NoSuchKey', 'package_not_found'],
  ['package_browse', 403, 'AccessDenied', 'access_denied'],
])('%s: %i %s is reported as %s, without S3’s text about the account', async (tool, status, code, reason) => {
  s3.answer((_, response) => refuse(response, status, code, INTERNALS));
  const args = tool === 'bucket_objects_put' ? PUT : tool === 'package_browse' ? { package: 'a/b' } : { key: 'k' };
  const answer = await server.call(tool, { bucket: BUCKET, ...args });
  expect(answer).toEqual({ error: reason, message: expect.any(String) });
  expect(JSON.stringify(answer) + server.log.text).not.toContain('arn:aws');
  expect(server.log.lines.at(-1)).toMatchObject({ event: 'tool_refused', tool, reason });
});

test.each([
  [403, 'access_denied'],
  [404, 'object_not_found'],
  [503, 'storage_unavailable'],
])('a HEAD response has no code: %i is reported as %s', async (status, reason) => {
  s3.answer((_, response) => void response.writeHead(status).end());
  for (const tool of ['bucket_object_info', 'bucket_object_link']) {
    expect(await server.call(tool, OBJECT)).toMatchObject({ error: reason });
  }
});

test.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND'])(
  'a storage that is not there (%s) is unavailable',
  async (code) => {
    // What Node says by itself is no Error of the realm that Jest makes for a test.
    const handle = () => Promise.reject(Object.assign(new Error(`connect ${INTERNALS}`), { code }));
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const nowhere = new S3Client({ region: 'us-east-1', maxAttempts: 1, credentials, requestHandler: { handle } });
    const lonely = await startToolServer(bucketsIn(nowhere, [BUCKET]));
    const answer = await lonely.call('bucket_object_info', OBJECT);
    await lonely.stop();
    expect(answer).toMatchObject({ error: 'storage_unavailable', message: expect.not.stringContaining('arn') });
  },
);

test('no more of an object is read than requested, however much is sent', async () => {
  let closed: Promise<unknown> | undefined;
  s3.answer((_, response) => {
    closed = once(response, 'close');
    response.writeHead(200, { 'content-length': 1e12 });
    response.write('x'.repeat(100_000));
  });
  const slice = await server.call('bucket_object_text', { ...OBJECT, max_bytes: 1000 });
  expect(slice).toMatchObject({ text: 'x'.repeat(1000), next_byte: 1000, size_bytes: 1e12 });
  await closed;
});

test('other bytes than those that were asked for are not shown', async () => {
  s3.answer((_, response) => void response.writeHead(206, { 'content-range': 'bytes 0-3/8' }).end('abcd'));
  const slice = await server.call('bucket_object_text', { ...OBJECT, start_byte: 4 });
  expect(slice).toMatchObject({ error: 'storage_unavailable' });
});

test.each([
  ['bucket_object_text', OBJECT],
  ['package_browse', { bucket: BUCKET, package: 'a/b' }],
])('%s: an incomplete response is an error', async (tool, args) => {
  s3.answer((_, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half', () => response.destroy());
  });
  expect(await server.call(tool, args)).toMatchObject({ error: 'storage_unavailable' });
});

test('a cancelled call is aborted at S3 too, in the middle of a response', async () => {
  const caller = new AbortController();
  const givenUp = new Promise<void>((resolve) => {
    s3.answer((_, response) => {
      response.on('close', resolve);
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => caller.abort());
    });
  });
  await server.call('bucket_object_text', OBJECT, { signal: caller.signal });
  await givenUp;
});

test('objects that were written are reported when the rest fail', async () => {
  let requests = 0;
  s3.answer((_, response) => {
    requests += 1;
    if (requests === 1) response.writeHead(200, { etag: '"1"' }).end();
    else refuse(response, 503, 'SlowDown');
  });
  const objects = ['first', 'second'].map((key) => ({ key, content: key }));
  expect(await server.call('bucket_objects_put', { bucket: BUCKET, objects })).toMatchObject({
    written: 1,
    failed: 1,
    objects: [{ written: true }, { written: false, reason: 'storage_unavailable' }],
  });
});

test('an object that is there after a lost answer may be the one that was written', async () => {
  const persistent = await startStubS3({ maxAttempts: 2 });
  let requests = 0;
  persistent.answer((_, response) => {
    requests += 1;
    if (requests === 1) refuse(response, 503, 'SlowDown');
    else refuse(response, 412, 'PreconditionFailed');
  });
  const writer = await startToolServer(bucketsIn(persistent.client, [BUCKET]));
  const answer = await writer.call('bucket_objects_put', PUT);
  await writer.stop();
  await persistent.stop();
  expect(answer).toMatchObject({ error: 'object_exists', message: expect.stringContaining('perhaps') });
});
