import { type ManifestEntry, parseEntry } from './manifest.ts';
import type { Line } from './open-manifest.ts';

export type Page<View> = {
  readonly entries: readonly View[];
  /** Where the next page begins, in bytes from where the lines were counted; `undefined`: this is the last page. */
  readonly next: number | undefined;
  /** Over all that match, when they were to be counted. */
  readonly totals: { readonly entries: number; readonly bytes: number } | undefined;
};

export type PageOptions<View> = {
  /** Only entries whose logical key begins so. */
  readonly prefix: string;
  /** Most entries. */
  readonly limit: number;
  /** A page ends with the entry that brings it to this, as JSON. */
  readonly maxPageBytes: number;
  /** How far to read when nothing, or not enough, is found. */
  readonly maxScanBytes: number;
  /** Whether to read on behind the page, for the totals. */
  readonly count: boolean;
  /** What becomes of an entry on the page. */
  readonly view: (entry: ManifestEntry) => View;
};

/**
 * Reads one page of entries from the lines behind the header, in their order.
 *
 * @returns perhaps an empty page with a next one, when little matches in a long manifest
 * @throws ToolError `package_invalid`
 */
export async function readPage<View>(lines: AsyncIterable<Line>, options: PageOptions<View>): Promise<Page<View>> {
  const entries: View[] = [];
  const totals = { entries: 0, bytes: 0 };
  let pageBytes = 0;
  let before = 0;
  let next: number | undefined;
  for await (const { bytes, end } of lines) {
    const entry = parseEntry(bytes);
    if (entry?.logicalKey.startsWith(options.prefix)) {
      if (entries.length < options.limit && pageBytes < options.maxPageBytes) {
        const view = options.view(entry);
        entries.push(view);
        pageBytes += JSON.stringify(view).length;
      } else {
        next ??= before;
        if (!options.count) return { entries, next, totals: undefined };
      }
      totals.entries += 1;
      totals.bytes += entry.size;
    }
    if (end >= options.maxScanBytes) return { entries, next: next ?? end, totals: undefined };
    before = end;
  }
  return { entries, next, totals: options.count ? totals : undefined };
}
