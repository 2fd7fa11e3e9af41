import { startStubS3 } from './support/stub-s3.ts';
import { bucketsIn, startToolServer } from './support/tool-server.ts';

const MINUTE_MS = 60_000;

/** Asks for a link of an hour, signed with credentials that end when it is said. */
async function linkWith(credentialsEnd: Date) {
  const s3 = await startStubS3({ expiration: credentialsEnd });
  s3.answer((_, response) => void response.writeHead(200, { 'content-length': 7 }).end());
  const server = await startToolServer(bucketsIn(s3.client, ['test-bucket']));
  try {
    return await server.call('bucket_object_link', { bucket: 'test-bucket', key: 'k', lifetime_seconds: 3600 });
  } finally {
    await server.stop();
    await s3.stop();
  }
}

test('a link ends with the credentials that signed it', async () => {
  const end = new Date(Date.now() + 30 * MINUTE_MS);
  const { expires_at, expires_in_seconds, url } = await linkWith(end);
  expect(Date.parse(expires_at)).toBeLessThanOrEqual(end.getTime());
  expect(expires_in_seconds).toBeGreaterThan(0);
  expect(Number(new URL(url).searchParams.get('X-Amz-Expires'))).toBe(expires_in_seconds);
});

test('credentials that are over sign nothing', async () => {
  expect(await linkWith(new Date(Date.now() - MINUTE_MS))).toMatchObject({ error: 'credentials_unavailable' });
});
