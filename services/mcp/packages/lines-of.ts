import { ToolError } from '../tool-error.ts';

/** One line of a manifest. */
export type Line = {
  readonly bytes: Buffer;
  /** Where the next one begins, in bytes from where the reading began. */
  readonly end: number;
};

const LINE_FEED = 0x0a;

/**
 * Splits what arrives into lines, with one line in memory at a time. Only the line feed ends one: names and metadata
 * may hold every other character that Unicode calls a line break.
 *
 * @param maxLineBytes how long a line may be
 * @throws ToolError `package_invalid` for a longer one
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>, maxLineBytes: number): AsyncGenerator<Line> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  let position = 0;
  const finish = (rest: Buffer): Line => {
    const bytes = Buffer.concat([...begun, rest]);
    if (bytes.length > maxLineBytes) throw tooLong(maxLineBytes);
    begun = [];
    begunBytes = 0;
    return { bytes, end: position };
  };
  for await (const chunk of chunks) {
    const base = position;
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, from)) {
      position = base + at + 1;
      yield finish(chunk.subarray(from, at));
      from = at + 1;
    }
    position = base + chunk.length;
    begun.push(chunk.subarray(from));
    begunBytes += chunk.length - from;
    if (begunBytes > maxLineBytes) throw tooLong(maxLineBytes);
  }
  if (begunBytes > 0) yield finish(Buffer.alloc(0));
}

function tooLong(maxLineBytes: number): ToolError {
  return new ToolError('package_invalid', `The manifest has a line of more than ${maxLineBytes} bytes.`);
}
