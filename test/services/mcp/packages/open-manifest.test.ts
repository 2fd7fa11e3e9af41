import fc from 'fast-check';
import { linesOf } from '../../../../services/mcp/packages/open-manifest.ts';
import { ToolError } from '../../../../services/mcp/reasons.ts';

const LIMIT = 50;

async function* inChunks(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function read(bytes: Buffer, chunk: number) {
  const lines: { text: string; end: number }[] = [];
  for await (const line of linesOf(inChunks(bytes, chunk), LIMIT)) {
    lines.push({ text: line.bytes.toString(), end: line.end });
  }
  return lines;
}

/** Everything that some library or other takes for the end of a line. */
const line = fc
  .string({ unit: fc.constantFrom('a', 'ü', '\r', '\u2028', '\u2029', '\u0085', '\v', '👋'), maxLength: 12 })
  .filter((text) => Buffer.byteLength(text) <= LIMIT);

test('lines end only with a line feed, in chunks of any size', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.boolean(), fc.integer({ min: 1, max: 30 }), async (texts, isEnded, chunk) => {
      const bytes = Buffer.from(texts.join('\n') + (isEnded && texts.length > 0 ? '\n' : ''));
      const found = await read(bytes, chunk);
      const expected = isEnded || texts.at(-1) !== '' ? texts : texts.slice(0, -1);
      expect(found.map(({ text }) => text)).toEqual(expected);
      for (const [index, { end }] of found.entries()) {
        expect(
          bytes
            .subarray(0, end)
            .toString()
            .split('\n')
            .slice(0, index + 1),
        ).toEqual(expected.slice(0, index + 1));
      }
    }),
  );
});

test.each([1, 7, 1000])(
  'a line that is too long is refused, also when it has no end, in chunks of %i',
  async (chunk) => {
    await expect(read(Buffer.from(`a\n${'x'.repeat(LIMIT + 1)}`), chunk)).rejects.toThrow(ToolError);
    await expect(read(Buffer.from(`a\n${'x'.repeat(LIMIT + 1)}\nb`), chunk)).rejects.toThrow(ToolError);
    expect(await read(Buffer.from(`a\n${'x'.repeat(LIMIT)}\nb`), chunk)).toHaveLength(3);
  },
);

test('what comes behind a line that is too long is not waited for', async () => {
  async function* endless(): AsyncGenerator<Buffer> {
    for (;;) yield Buffer.alloc(10, 'x');
  }
  const lines = linesOf(endless(), LIMIT);
  await expect(lines.next()).rejects.toThrow(ToolError);
});
