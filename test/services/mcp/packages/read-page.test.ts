import type { ManifestEntry } from '../../../../services/mcp/packages/manifest.ts';
import type { Line } from '../../../../services/mcp/packages/open-manifest.ts';
import { readPage } from '../../../../services/mcp/packages/read-page.ts';

/** Ten entries in lines of the same length. */
const LINES = Array.from({ length: 10 }, (_, number) => {
  const physical_keys = ['s3://bucket/key'];
  const entry = { logical_key: `f/${number}`, physical_keys, size: 1, hash: { type: 'SHA256', value: '0' }, meta: {} };
  return Buffer.from(JSON.stringify(entry));
});
const LENGTH = (LINES[0]?.length ?? 0) + 1;

async function* lines(from = 0): AsyncGenerator<Line> {
  for (const [index, bytes] of LINES.slice(from).entries()) yield { bytes, end: (index + 1) * LENGTH };
}

const options = {
  prefix: '',
  limit: 100,
  maxPageBytes: 1e6,
  maxScanBytes: 1e6,
  count: true,
  view: ({ logicalKey }: ManifestEntry) => logicalKey,
};

test('a page ends when it has grown too large, and the next begins with the entry behind', async () => {
  const page = await readPage(lines(), { ...options, maxPageBytes: 11 });
  expect(page).toEqual({ entries: ['f/0', 'f/1', 'f/2'], next: 3 * LENGTH, totals: { entries: 10, bytes: 10 } });
});

test('one entry that is larger than a page is a page', async () => {
  expect(await readPage(lines(), { ...options, maxPageBytes: 1, count: false })).toEqual({
    entries: ['f/0'],
    next: LENGTH,
    totals: undefined,
  });
});

test('reading ends at its limit, with an empty page when nothing was found until there', async () => {
  const page = await readPage(lines(), { ...options, prefix: 'f/9', maxScanBytes: 4 * LENGTH });
  expect(page).toEqual({ entries: [], next: 4 * LENGTH, totals: undefined });
  expect(await readPage(lines(4), { ...options, prefix: 'f/9' })).toMatchObject({ entries: ['f/9'], next: undefined });
});

test('without totals, nothing is read behind the entry that begins the next page', async () => {
  let read = 0;
  async function* counted(): AsyncGenerator<Line> {
    for await (const line of lines()) {
      read += 1;
      yield line;
    }
  }
  expect(await readPage(counted(), { ...options, limit: 2, count: false })).toMatchObject({ next: 2 * LENGTH });
  expect(read).toBe(3);
});

test('a last page that is just full is the last one', async () => {
  expect(await readPage(lines(), { ...options, limit: 10 })).toMatchObject({ next: undefined });
});
