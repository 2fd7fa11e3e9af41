import { listPackageNames } from '../../../../services/mcp/packages/find-packages.ts';
import { type StubS3, startStubS3 } from '../tools/support/stub-s3.ts';

/** S3 lists up to 1,000 keys at once, and fewer when it likes. */
const PAGE = 100;
let s3: StubS3;
let keys: readonly string[];
let requests: number;

beforeAll(async () => {
  s3 = await startStubS3();
  // Lists its keys as S3 does: those that begin with the prefix and come behind the start, in order.
  s3.answer(({ url }, response) => {
    requests += 1;
    const { searchParams } = new URL(url ?? '', 'http://s3');
    const prefix = searchParams.get('prefix') ?? '';
    const startAfter = searchParams.get('start-after') ?? '';
    const found = keys.filter((key) => key.startsWith(prefix) && key > startAfter).toSorted();
    const contents = found.slice(0, PAGE).map((key) => `<Contents><Key>${key}</Key></Contents>`);
    const truncated = `<IsTruncated>${found.length > PAGE}</IsTruncated>`;
    response.end(`<?xml version="1.0"?><ListBucketResult>${truncated}${contents.join('')}</ListBucketResult>`);
  });
});
afterAll(() => s3.stop());
beforeEach(() => {
  requests = 0;
});

const revisions = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `.quilt/named_packages/${name}/${1_500_000_000 + index}`);
const list = (more: { namePrefix?: string; limit?: number; startAfter?: string } = {}) =>
  listPackageNames(
    { bucket: 'test-bucket', s3: s3.client },
    { namePrefix: '', limit: 100, startAfter: undefined, ...more },
    new AbortController().signal,
  );

test('thousands of revisions of a package cost one more request', async () => {
  keys = [...revisions('a/one', 2_000), ...revisions('a/two', 2_000), ...revisions('b/three', 2)];
  expect(await list()).toEqual({ names: ['a/one', 'a/two', 'b/three'], next: undefined });
  expect(requests).toBe(3);
});

test('names that begin with others are distinguished, across pages too', async () => {
  keys = ['a/b', 'a/b-c', 'a/b0', 'a/b_', 'a/bb', 'a-b/c', 'a0/b'].flatMap((name) => revisions(name, 3));
  const expected = ['a-b/c', 'a/b-c', 'a/b', 'a/b0', 'a/b_', 'a/bb', 'a0/b'];
  expect((await list()).names).toEqual(expected);
  const found: string[] = [];
  let startAfter: string | undefined;
  do {
    const page = await list({ limit: 1, ...(startAfter !== undefined && { startAfter }) });
    found.push(...page.names);
    startAfter = page.next;
  } while (startAfter !== undefined);
  expect(found).toEqual(expected);
});

test('keys that are not packages are skipped', async () => {
  const strays = ['stray', 'a/stray', 'a b/c/latest', 'x/y/'].map((key) => `.quilt/named_packages/${key}`);
  keys = [...strays, ...revisions('a/b', 1), '.quilt/packages/a/b/latest'];
  expect((await list()).names).toEqual(['a/b', 'x/y']);
});

test('one call makes a limited number of requests, and the next continues from there', async () => {
  keys = Array.from({ length: 5_500 }, (_, index) => `.quilt/named_packages/stray-${String(index).padStart(4, '0')}`);
  keys = [...keys, ...revisions('z/z', 1)];
  const first = await list();
  expect(first).toMatchObject({ names: [], next: expect.any(String) });
  expect(requests).toBe(50);
  expect(await list({ startAfter: first.next ?? '' })).toEqual({ names: ['z/z'], next: undefined });
});
