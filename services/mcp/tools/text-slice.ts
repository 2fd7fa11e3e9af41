/** Some bytes of a text, as characters. */
export type TextSlice = {
  readonly text: string;
  /** Bytes at the beginning that belong to a character before. */
  readonly skippedBytes: number;
  /** Bytes that became characters; the rest belongs to a character that goes on behind the slice. */
  readonly usedBytes: number;
};

/** A character of UTF-8 has at most 4 bytes, 3 of which continue it. */
const MOST_CONTINUATION_BYTES = 3;
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Makes text of a slice of an object that may begin and end in the middle of a character.
 *
 * @returns `undefined` when the bytes are no text: not UTF-8, with a NUL, which text does not have and UTF-16 does, or with
 *   so many control characters that nobody could read it, and JSON would make a multiple of it
 */
export function readTextSlice(
  bytes: Buffer,
  { isStart, isEnd }: { readonly isStart: boolean; readonly isEnd: boolean },
): TextSlice | undefined {
  const skippedBytes = isStart ? 0 : continuationBytesOf(bytes);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    const text = decoder.decode(bytes.subarray(skippedBytes), { stream: !isEnd });
    if (text.includes('\0') || isMostlyControls(text)) return undefined;
    const hasMark = isStart && text.startsWith(BYTE_ORDER_MARK);
    return { text: hasMark ? text.slice(1) : text, skippedBytes, usedBytes: Buffer.byteLength(text) };
  } catch {
    return undefined;
  }
}

/** More than one in twenty, white space aside: what colours a log is fewer. */
function isMostlyControls(text: string): boolean {
  let controls = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) controls += 1;
  }
  return controls * 20 > text.length;
}

function continuationBytesOf(bytes: Buffer): number {
  let count = 0;
  while (count < MOST_CONTINUATION_BYTES && ((bytes[count] ?? 0) & 0xc0) === 0x80) count += 1;
  return count;
}
