/** The tools over a real S3, and over packages that the Quilt client itself wrote. */
import { randomBytes } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { makeBuckets } from '../../local/run/buckets.ts';
import {
  bucketsIn,
  type OpenBuckets,
  startToolServer,
  type ToolServer,
} from '../services/mcp/tools/support/tool-server.ts';
import type { AnyJson } from '../services/support/any-json.ts';
import { type BareEmulator, startBareEmulator } from './support/bare-emulator.ts';
import { type WrittenPackages, writePackages, writeSample } from './support/packages/quilt-client.ts';

const DATA = 'test-data';
const PACKAGES = 'test-packages';
const OTHER = 'test-other';
const GENOMES = 'quilt-local-genomes';

let emulator: BareEmulator;
let s3: S3Client;
let buckets: OpenBuckets;
let server: ToolServer;
let written: WrittenPackages;

beforeAll(async () => {
  emulator = await startBareEmulator();
  s3 = new S3Client(emulator.settings);
  buckets = bucketsIn(s3, [DATA, PACKAGES, GENOMES]);
  server = await startToolServer(buckets);
  for (const bucket of [DATA, PACKAGES, OTHER]) {
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
  }
  await store('shared/genome 1.fa', 'ACGT', { Bucket: OTHER });
  written = await writePackages({
    endpoint: emulator.endpoint,
    home: emulator.directory,
    bucket: PACKAGES,
    otherBucket: OTHER,
  });
}, 180_000);

afterAll(async () => {
  await server?.stop();
  s3?.destroy();
  await emulator?.stop();
});

const store = (Key: string, content: string | Buffer, more: Partial<PutObjectCommandInput> = {}) =>
  // The SDK takes an empty string for a stream.
  s3.send(new PutObjectCommand({ Bucket: DATA, Key, Body: Buffer.from(content), ...more }));

/** Calls again with each next cursor; gives the pages. */
async function everyPage(tool: string, args: object): Promise<AnyJson[]> {
  const pages = [await server.call(tool, args)];
  for (let cursor = pages[0].next_cursor; cursor !== undefined; cursor = pages.at(-1).next_cursor) {
    pages.push(await server.call(tool, { ...args, cursor }));
  }
  return pages;
}

describe('bucket_objects_list', () => {
  const KEYS = ['list/a b+c.txt', 'list/deep/er/1', 'list/deep/er/2', 'list/größe/日本.txt', 'list/z'];
  beforeAll(async () => {
    for (const key of KEYS) await store(key, key);
  });

  test('shows one level of folders and objects, under s3:// names too', async () => {
    const page = await server.call('bucket_objects_list', { bucket: `s3://${DATA}`, prefix: 'list/' });
    expect(page).toMatchObject({ bucket: DATA, folders: ['list/deep/', 'list/größe/'], count: 4 });
    expect(page.objects).toEqual([
      {
        key: 'list/a b+c.txt',
        size_bytes: 14,
        last_modified: expect.any(String),
        etag: expect.any(String),
        storage_class: 'STANDARD',
      },
      expect.objectContaining({ key: 'list/z' }),
    ]);
    expect(page).not.toHaveProperty('next_cursor');
  });

  test.each([1, 2, 3])('shows every key once and in order on pages of %i', async (limit) => {
    const pages = await everyPage('bucket_objects_list', { bucket: DATA, prefix: 'list/', recursive: true, limit });
    expect(pages.flatMap(({ objects }) => objects.map(({ key }: AnyJson) => key))).toEqual(KEYS);
    expect(pages.map(({ count }) => count).every((count) => count <= limit)).toBe(true);
  });

  test('pages through folders too', async () => {
    const pages = await everyPage('bucket_objects_list', { bucket: DATA, prefix: 'list/', limit: 1 });
    expect(pages.flatMap(({ folders }) => folders)).toEqual(['list/deep/', 'list/größe/']);
  });

  test('a cursor is of no use for another listing', async () => {
    const first = await server.call('bucket_objects_list', { bucket: DATA, prefix: 'list/', limit: 1 });
    const other = { bucket: DATA, prefix: '', limit: 1, cursor: first.next_cursor };
    expect(await server.call('bucket_objects_list', other)).toMatchObject({ error: 'argument_invalid' });
  });
});

describe('bucket_object_info', () => {
  test('returns the metadata of an object', async () => {
    const { VersionId } = await store('info/größe.csv', 'a,b', {
      ContentType: 'text/csv',
      Metadata: { instrument: 'scale' },
    });
    expect(await server.call('bucket_object_info', { bucket: DATA, key: 'info/größe.csv' })).toEqual({
      bucket: DATA,
      key: 'info/größe.csv',
      size_bytes: 3,
      last_modified: expect.any(String),
      content_type: 'text/csv',
      etag: expect.any(String),
      version_id: VersionId,
      storage_class: 'STANDARD',
      metadata: { instrument: 'scale' },
    });
  });

  test('returns the metadata of one version', async () => {
    const { VersionId } = await store('info/versions', 'first');
    await store('info/versions', 'the second');
    const old = await server.call('bucket_object_info', { bucket: DATA, key: 'info/versions', version_id: VersionId });
    expect(old).toMatchObject({ size_bytes: 5, version_id: VersionId });
  });

  test('an object that is not there is not found', async () => {
    const args = { bucket: DATA, key: 'info/none' };
    for (const tool of ['bucket_object_info', 'bucket_object_text', 'bucket_object_link']) {
      expect(await server.call(tool, args)).toMatchObject({ error: 'object_not_found' });
    }
  });
});

describe('bucket_object_text', () => {
  const read = (key: string, more: object = {}) => server.call('bucket_object_text', { bucket: DATA, key, ...more });

  test('reads a whole text', async () => {
    await store('text/short.txt', '\uFEFFgrüße 👋\u2028\n', { ContentType: 'text/plain' });
    expect(await read('text/short.txt')).toEqual({
      bucket: DATA,
      key: 'text/short.txt',
      version_id: expect.any(String),
      etag: expect.any(String),
      content_type: 'text/plain',
      size_bytes: 19,
      start_byte: 0,
      end_byte: 19,
      text: 'grüße 👋\u2028\n',
    });
  });

  test.each([4, 5, 7])('slices of %i bytes give the text again, whatever characters they cut', async (max_bytes) => {
    const text = 'aé€👋'.repeat(5);
    await store('text/sliced.txt', text);
    let [found, start_byte] = ['', 0 as number | undefined];
    while (start_byte !== undefined) {
      const slice = await read('text/sliced.txt', { start_byte, max_bytes });
      expect(slice.end_byte - slice.start_byte).toBeLessThanOrEqual(max_bytes);
      found += slice.text;
      start_byte = slice.next_byte;
    }
    expect(found).toBe(text);
  });

  test('a slice that begins inside a character begins with the next one', async () => {
    await store('text/inside.txt', '👋bc');
    expect(await read('text/inside.txt', { start_byte: 2 })).toMatchObject({ start_byte: 4, end_byte: 6, text: 'bc' });
  });

  test('an empty object is an empty text, and so is the end of any', async () => {
    await store('text/empty', '');
    await store('text/three', 'abc');
    expect(await read('text/empty')).toMatchObject({ text: '', size_bytes: 0, end_byte: 0 });
    const end = await read('text/three', { start_byte: 3 });
    expect(end).toMatchObject({ text: '', size_bytes: 3, start_byte: 3, end_byte: 3 });
    expect(end).not.toHaveProperty('next_byte');
    expect(await read('text/three', { start_byte: 4 })).toMatchObject({ error: 'argument_invalid' });
  });

  test.each([
    ['bytes', randomBytes(1000).fill(0xff, 500, 510), {}],
    ['UTF-16', Buffer.from('text', 'utf16le'), {}],
    ['an end in the middle of a character', Buffer.from('€').subarray(0, 2), {}],
    ['something compressed', gzipSync('text'), { ContentEncoding: 'gzip' }],
  ])('%s is not text', async (name, bytes, more) => {
    await store(`text/not/${name}`, bytes, more);
    expect(await read(`text/not/${name}`)).toMatchObject({ error: 'object_not_text' });
  });

  test('reads one version', async () => {
    const { VersionId } = await store('text/versions', 'first');
    await store('text/versions', 'second');
    expect(await read('text/versions', { version_id: VersionId })).toMatchObject({ text: 'first' });
    expect(await read('text/versions', { version_id: 'ffffffff-none' })).toHaveProperty('error');
  });
});

describe('bucket_object_link', () => {
  test('anybody can fetch the object from it, and no log has it', async () => {
    const key = 'link/größe & +%20 ?#.txt';
    await store(key, 'content');
    const link = await server.call('bucket_object_link', { bucket: DATA, key });
    expect(link).toMatchObject({ bucket: DATA, key, size_bytes: 7 });
    expect(link.expires_in_seconds).toBeLessThanOrEqual(900);
    expect(await (await fetch(link.url)).text()).toBe('content');

    const signature = new URL(link.url).searchParams.get('X-Amz-Signature');
    expect(signature).toMatch(/^[0-9a-f]{64}$/);
    expect(server.log.text).not.toContain(signature);
    expect(server.log.text).not.toContain('X-Amz-');
  });

  test('links to one version', async () => {
    const { VersionId } = await store('link/versions', 'first');
    await store('link/versions', 'second');
    const link = await server.call('bucket_object_link', { bucket: DATA, key: 'link/versions', version_id: VersionId });
    expect(await (await fetch(link.url)).text()).toBe('first');
  });

  test('ends with the token of the caller', async () => {
    await store('link/token', '');
    const args = { bucket: DATA, key: 'link/token', lifetime_seconds: 3600 };
    const link = await server.call('bucket_object_link', args, { lifetimeSeconds: 300 });
    expect(link.expires_in_seconds).toBeLessThanOrEqual(300);
    expect(Number(new URL(link.url).searchParams.get('X-Amz-Expires'))).toBe(link.expires_in_seconds);
  });
});

describe('bucket_objects_put', () => {
  const put = (objects: readonly object[], more: object = {}) =>
    server.call('bucket_objects_put', { bucket: DATA, objects, ...more });
  const stored = async (Key: string) => {
    const object = await s3.send(new GetObjectCommand({ Bucket: DATA, Key }));
    return { bytes: Buffer.from((await object.Body?.transformToByteArray()) ?? []), type: object.ContentType };
  };

  test('writes texts and bytes, with their types', async () => {
    const bytes = randomBytes(100);
    const answer = await put([
      { key: 'put/größe.txt', content: 'grüße' },
      { key: 'put/table.csv', content: 'a,b', content_type: 'text/csv; charset=utf-8' },
      { key: 'put/bytes', content: bytes.toString('base64'), encoding: 'base64' },
    ]);
    expect(answer).toMatchObject({ bucket: DATA, written: 3, failed: 0 });
    expect(answer.objects[0]).toEqual({
      key: 'put/größe.txt',
      written: true,
      size_bytes: 7,
      etag: expect.any(String),
      version_id: expect.any(String),
    });
    expect(await stored('put/größe.txt')).toEqual({ bytes: Buffer.from('grüße'), type: 'text/plain; charset=utf-8' });
    expect(await stored('put/table.csv')).toMatchObject({ type: 'text/csv; charset=utf-8' });
    expect(await stored('put/bytes')).toEqual({ bytes, type: 'application/octet-stream' });
    expect(buckets.opened.at(-1)).toEqual([DATA, 'write']);
  });

  test('leaves what is there, unless it is told to overwrite', async () => {
    await store('put/there', 'old');
    expect(await put([{ key: 'put/there', content: 'new' }])).toMatchObject({ error: 'object_exists' });
    expect((await stored('put/there')).bytes.toString()).toBe('old');

    expect(await put([{ key: 'put/there', content: 'new' }], { overwrite: true })).toMatchObject({ written: 1 });
    expect((await stored('put/there')).bytes.toString()).toBe('new');
  });

  test('reports a result for each object', async () => {
    await store('put/taken', 'old');
    const answer = await put([
      { key: 'put/free-1', content: '' },
      { key: 'put/taken', content: 'new' },
      { key: 'put/free-2', content: '' },
    ]);
    expect(answer).toMatchObject({
      written: 2,
      failed: 1,
      objects: [{ written: true }, { key: 'put/taken', written: false, reason: 'object_exists' }, { written: true }],
    });
  });

  test('of two that write the same key at once, one does', async () => {
    const answers = await Promise.all(['a', 'b'].map((content) => put([{ key: 'put/race', content }])));
    expect(answers.map(({ error }) => error ?? 'written').toSorted()).toEqual(['object_exists', 'written']);
  });

  test.each([
    ['a pointer of a package', { key: '.quilt/named_packages/team/study/latest', content: '0' }],
    ['a manifest', { key: '.quilt/packages/0', content: '{}' }],
    ['text as base64', { key: 'put/refused', content: 'grüße', encoding: 'base64' }],
    ['base64 with a rest', { key: 'put/refused', content: 'YQ==YQ==', encoding: 'base64' }],
  ])('refuses %s', async (_, object) => {
    expect(await put([object])).toMatchObject({ error: 'argument_invalid' });
    await expect(stored(object.key)).rejects.toThrow('does not exist');
  });

  test('refuses to write one key twice, or too much', async () => {
    const twice = [1, 2].map((number) => ({ key: 'put/twice', content: `${number}` }));
    expect(await put(twice)).toMatchObject({ error: 'argument_invalid' });
    const large = { key: 'put/large', content: 'x'.repeat(2 * 1024 * 1024 + 1) };
    expect(await put([large])).toMatchObject({ error: 'object_too_large' });
  });
});

describe('packages_list', () => {
  const list = (more: object = {}) => server.call('packages_list', { bucket: PACKAGES, ...more });

  test('names what the Quilt client names', async () => {
    expect(await list()).toEqual({ bucket: PACKAGES, packages: written.names, count: written.names.length });
  });

  test.each([1, 2, 5])('shows every name once and in order on pages of %i', async (limit) => {
    const pages = await everyPage('packages_list', { bucket: PACKAGES, limit });
    expect(pages.flatMap(({ packages }) => packages)).toEqual(written.names);
  });

  test.each([
    ['team/', ['team/many', 'team/study-2', 'team/study']],
    ['team', ['team/many', 'team/study-2', 'team/study', 'team2/x']],
    ['größe/日', ['größe/日本']],
    ['none/', []],
  ])('filters by %s', async (prefix, packages) => {
    expect(await list({ prefix })).toMatchObject({ packages });
  });
});

describe('package_browse', () => {
  const browse = (more: object = {}) =>
    server.call('package_browse', { bucket: PACKAGES, package: 'team/study', ...more });
  const withoutNull = (entries: readonly object[]) =>
    entries.map((entry) => Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null)));

  test('shows the latest revision as the Quilt client reads it', async () => {
    const page = await browse({ include_metadata: true });
    expect(page).toMatchObject({
      top_hash: written.revisions[2],
      message: 'all of it: größe',
      metadata: written.metadata,
      count: written.study.length,
      total_entries: written.study.length,
      total_size_bytes: written.study.reduce((sum, { size_bytes }) => sum + size_bytes, 0),
    });
    expect(page.entries).toEqual(withoutNull(written.study));
    expect(page).not.toHaveProperty('next_cursor');
  });

  test('shows an object of another bucket, and opens no bucket for it', async () => {
    buckets.opened.splice(0);
    const page = await browse({ prefix: 'reference/' });
    expect(page.entries).toMatchObject([{ bucket: OTHER, key: 'shared/genome 1.fa', size_bytes: 4 }]);
    expect(page.entries[0]).not.toHaveProperty('metadata');
    expect(buckets.opened).toEqual([[PACKAGES, 'read']]);
    const { bucket, key } = page.entries[0];
    expect(await server.call('bucket_object_text', { bucket, key })).toMatchObject({ error: 'bucket_not_in_token' });
  });

  test('what it shows can be read', async () => {
    const [entry] = (await browse({ prefix: '日本/' })).entries;
    const { bucket, key, version_id } = entry;
    expect(await server.call('bucket_object_text', { bucket, key, version_id })).toMatchObject({ text: 'データ' });
  });

  test('shows other revisions by time, top hash and its beginning', async () => {
    const [first, second] = written.revisions;
    expect(await browse({ timestamp: 1_700_000_000 })).toMatchObject({ top_hash: first, message: 'begin', count: 1 });
    expect(await browse({ top_hash: second })).toMatchObject({ top_hash: second, count: 2 });
    expect(await browse({ top_hash: second.slice(0, 8) })).toMatchObject({ top_hash: second, count: 2 });
    expect(await browse({ top_hash: second, timestamp: 1 })).toMatchObject({ error: 'argument_invalid' });
  });

  test.each([
    ['package', { package: 'team/none' }],
    ['second', { timestamp: 1_700_000_001 }],
    ['top hash', { top_hash: '0'.repeat(64) }],
    ['beginning of a top hash', { top_hash: '000000' }],
  ])('there may be no such %s', async (_, args) => {
    expect(await browse(args)).toMatchObject({ error: 'package_not_found' });
  });

  test('shows every entry of a long package once and in order', async () => {
    const args = { bucket: PACKAGES, package: 'team/many', limit: 500 };
    const pages = await everyPage('package_browse', args);
    expect(pages.map(({ count }) => count)).toEqual([500, 500, 200]);
    expect(pages.flatMap(({ entries }) => entries)).toEqual(
      withoutNull(written.many.map(({ metadata: _, ...entry }) => entry)),
    );
    expect(pages[0]).toMatchObject({ total_entries: 1200, total_size_bytes: (1199 * 1200) / 2 });
    expect(pages[1]).not.toHaveProperty('total_entries');
  });

  test('filters a long package by folder, with totals of the folder', async () => {
    const args = { bucket: PACKAGES, package: 'team/many', prefix: 'part-1/', limit: 150 };
    const pages = await everyPage('package_browse', args);
    expect(pages.map(({ count }) => count)).toEqual([150, 150, 100]);
    expect(pages[0].total_entries).toBe(400);
    const expected = written.many.filter(({ logical_key }) => logical_key.startsWith('part-1/'));
    expect(pages.flatMap(({ entries }) => entries).map(({ hash }) => hash)).toEqual(expected.map(({ hash }) => hash));
  });

  test('a cursor stays with its revision while others are pushed', async () => {
    const [first, second] = written.revisions;
    const pointer = '.quilt/named_packages/moving/on/latest';
    for (const hash of [first, second]) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: PACKAGES, Key: `.quilt/packages/${hash}` }));
      await store(`.quilt/packages/${hash}`, (await Body?.transformToString()) ?? '');
    }
    await store(pointer, second);
    const args = { bucket: DATA, package: 'moving/on', limit: 1 };
    const page = await server.call('package_browse', args);
    await store(pointer, first);
    const next = await server.call('package_browse', { ...args, cursor: page.next_cursor });
    expect(next).toMatchObject({ top_hash: second, entries: [{ logical_key: 'data/first.csv' }] });

    const { Body } = await s3.send(new GetObjectCommand({ Bucket: DATA, Key: `.quilt/packages/${second}` }));
    const moved = (await Body?.transformToString())?.replaceAll(`s3://${PACKAGES}/`, `s3://${PACKAGES}/moved/`);
    await store(`.quilt/packages/${second}`, moved ?? '');
    const lost = await server.call('package_browse', { ...args, cursor: page.next_cursor });
    expect(lost).toMatchObject({ error: 'argument_invalid' });
  });

  const HEADER = '{"version": "v0"}';
  const ENTRY =
    '{"logical_key":"a","physical_keys":["s3://b/k"],"size":1,"hash":{"type":"SHA256","value":"0"},"meta":{}}';
  test.each([
    ['a pointer without a top hash', 'no top hash', ''],
    ['nothing', undefined, ''],
    ['no header', undefined, ENTRY],
    ['a line that is no JSON', undefined, `${HEADER}\n{"logical_key":`],
    ['a line that is no entry', undefined, `${HEADER}\n${ENTRY.replace('"size":1', '"size":"1"')}`],
    ['a line that is not UTF-8', undefined, Buffer.concat([Buffer.from(`${HEADER}\n"`), Buffer.from([0xff, 0x22])])],
    ['a line without an end', undefined, `${HEADER}\n${' '.repeat(2 * 1024 * 1024 + 1)}`],
  ])('%s is no package', async (name, pointer, manifest) => {
    const topHash = Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64);
    await store('.quilt/named_packages/broken/package/latest', pointer ?? topHash);
    await store(`.quilt/packages/${topHash}`, manifest);
    const answer = await server.call('package_browse', { bucket: DATA, package: 'broken/package' });
    expect(answer).toMatchObject({ error: 'package_invalid' });
  });
});

describe('the package of the local run', () => {
  beforeAll(() => makeBuckets(emulator.endpoint));

  test('is listed and browsed, and each of its objects can be read', async () => {
    expect(await server.call('packages_list', { bucket: GENOMES })).toMatchObject({ packages: ['demo/yeast'] });
    const args = { bucket: GENOMES, package: 'demo/yeast', include_metadata: true };
    const page = await server.call('package_browse', args);
    expect(page).toMatchObject({
      message: 'First reads of two samples',
      metadata: { organism: 'Saccharomyces cerevisiae' },
      total_entries: 4,
    });
    expect(page.entries[1]).toMatchObject({ logical_key: 'reads/yeast-1.fasta', metadata: { condition: 'control' } });
    for (const { bucket, key, size_bytes } of page.entries) {
      expect(await server.call('bucket_object_text', { bucket, key })).toMatchObject({ size_bytes });
    }
  });

  test('is, byte by byte, what the Quilt client writes', async () => {
    const kept = join(import.meta.dirname, '..', '..', 'local', 'buckets', GENOMES);
    const anew = join(emulator.directory, GENOMES);
    cpSync(kept, anew, { recursive: true });
    rmSync(join(anew, '.quilt'), { recursive: true });
    await writeSample(anew, { endpoint: emulator.endpoint, home: emulator.directory });
    expect(filesOf(anew)).toEqual(filesOf(kept));
  });

  test('is left alone when the state of a run is kept', async () => {
    const Key = '.quilt/named_packages/demo/yeast/latest';
    await store(Key, '0'.repeat(64), { Bucket: GENOMES });
    await makeBuckets(emulator.endpoint);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: GENOMES, Key }));
    expect(await Body?.transformToString()).toBe('0'.repeat(64));
  });
});

/** Contents by path. */
function filesOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length), readFileSync(path, 'utf8')]));
}
