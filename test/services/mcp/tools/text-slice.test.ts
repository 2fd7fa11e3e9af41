import fc from 'fast-check';
import { readTextSlice } from '../../../../services/mcp/tools/bucket-object-text.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((characters) => !characters.includes('\0'));

test('slices of any text, cut anywhere, give the text again', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 4, max: 20 }), (whole, length) => {
      const bytes = Buffer.from(whole);
      let [found, at] = ['', 0];
      while (at < bytes.length) {
        const end = at + length;
        const slice = readTextSlice(bytes.subarray(at, end), { isStart: at === 0, isEnd: end >= bytes.length });
        expect(slice).toMatchObject({ skippedBytes: 0 });
        expect(slice?.usedBytes).toBeGreaterThan(0);
        found += slice?.text;
        at += slice?.usedBytes ?? 0;
      }
      // A byte order mark says what the bytes are, and is no part of the text.
      expect(found).toBe(whole.replace(/^\uFEFF/, ''));
    }),
  );
});

test('a slice that begins anywhere begins with the next whole character', () => {
  fc.assert(
    fc.property(text, fc.nat(), (whole, number) => {
      const bytes = Buffer.from(whole);
      const start = bytes.length === 0 ? 0 : number % bytes.length;
      const slice = readTextSlice(bytes.subarray(start), { isStart: start === 0, isEnd: true });
      expect(slice?.skippedBytes).toBeLessThanOrEqual(3);
      const first = start + (slice?.skippedBytes ?? 0);
      expect(
        bytes
          .subarray(0, first)
          .toString()
          .replace(/^\uFEFF/, '') + (first === 0 ? '' : slice?.text),
      ).toBe(first === 0 ? '' : whole.replace(/^\uFEFF/, ''));
    }),
  );
});

test('control characters make it no text when they are many, and are a part of it when they are few', () => {
  const read = (text: string) => readTextSlice(Buffer.from(text), { isStart: true, isEnd: true })?.text;
  expect(read('\u0001'.repeat(100))).toBeUndefined();
  const coloured = `\u001b[31m${'a line of a log\t'.repeat(10)}\u001b[0m\r\n`;
  expect(read(coloured)).toBe(coloured);
});
