import { type ManifestEntry, parseEntry } from './manifest.ts';
import type { Line } from './open-manifest.ts';

export type Page<View> = {
  readonly entries: readonly View[];
  /** Where the next page begins, in bytes from the start of the lines; `undefined` on the last page. */
  readonly next: number | undefined;
  /** Of all matching entries, if `count` was set. */
  readonly totals: { readonly entries: number; readonly bytes: number } | undefined;
};

export type PageOptions<View> = {
  /** Prefix of the logical keys to include. */
  readonly prefix: string;
  /** Maximum number of entries. */
  readonly limit: number;
  /** A page ends with the entry that reaches this size, as JSON. */
  readonly maxPageBytes: number;
  /** Maximum bytes to read when too few entries match. */
  readonly maxScanBytes: number;
  /** Whether to read past the page, for the totals. */
  readonly count: boolean;
  /** How an entry is shown on the page. */
  readonly view: (entry: ManifestEntry) => View;
};

/**
 * Reads one page of entries from the lines after the header, in their order.
 *
 * @returns perhaps an empty page that is not the last, when few entries of a long manifest match
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
