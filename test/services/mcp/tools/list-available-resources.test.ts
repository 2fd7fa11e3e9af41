import type { Authorization } from '../../../../auth/authorization.ts';
import { type StubS3, startStubS3 } from './support/stub-s3.ts';
import { bucketsIn, startToolServer, type ToolServer } from './support/tool-server.ts';

let s3: StubS3;
let server: ToolServer;
beforeAll(async () => {
  s3 = await startStubS3();
  server = await startToolServer(bucketsIn(s3.client, ['bucket-one']));
});
afterAll(async () => {
  await server.stop();
  await s3.stop();
});

const READER: Authorization = {
  level: 'read',
  roles: ['Readers'],
  permissions: ['s3:GetObject', 's3:ListBucket'],
  buckets: ['bucket-one', 'bucket-two'],
};
const ask = (authorization: Authorization) => server.call('list_available_resources', {}, { authorization });

test('each bucket of the token is shown, reachable or not', async () => {
  expect(await ask(READER)).toMatchObject({
    level: 'read',
    every_bucket: false,
    buckets: [
      { name: 'bucket-one', reachable: true },
      { name: 'bucket-two', reachable: false },
    ],
  });
});

test('a token for every bucket has no list of them', async () => {
  expect(await ask({ ...READER, buckets: ['*'] })).toMatchObject({ every_bucket: true, buckets: [] });
});

test('each tool of the service is shown, with what the caller lacks for it', async () => {
  const { tools } = await ask(READER);
  const names = (await server.list()).map(({ name }) => name);
  expect(tools.map(({ name }: { name: string }) => name)).toEqual(names.toSorted());
  expect(tools).toEqual(
    expect.arrayContaining([
      { name: 'bucket_object_text', callable: true, missing_permissions: [] },
      { name: 'list_available_resources', callable: true, missing_permissions: [] },
      { name: 'bucket_objects_list', callable: false, missing_permissions: ['s3:GetBucketLocation'] },
    ]),
  );
});

test('its answer matches what calls then do', async () => {
  const { tools } = await ask(READER);
  const args = { bucket: 'bucket-two', key: 'k', package: 'a/b', objects: [{ key: 'k', content: '' }] };
  for (const { name, callable } of tools) {
    const { error } = await server.call(name, args, { authorization: READER });
    expect([name, error !== 'permission_missing']).toEqual([name, callable]);
  }
});
