import fc from 'fast-check';
import { mintSessionId, readSessionId } from '../../../../services/mcp/sessions.ts';

const NOW = 1_900_000_000;
const HOURS = 3600;
const principalTag = 'A'.repeat(22);
const mint = (tag?: string) => mintSessionId({ protocolVersion: '2025-11-25', principalTag: tag, now: NOW });

test('an ID says when and for which protocol version a session began, and whose it is', () => {
  const id = mint(principalTag);
  expect(id).toMatch(/^v1\.2025-11-25\.1900000000\.[\w-]{22}\.A{22}$/);
  expect(readSessionId(id, NOW)).toEqual({ text: id, protocolVersion: '2025-11-25', issuedAt: NOW, principalTag });
  expect(readSessionId(mint(), NOW)?.principalTag).toBeUndefined();
});

test('no two are equal', () => {
  expect(new Set(Array.from({ length: 1000 }, () => mint())).size).toBe(1000);
});

test.each([
  ['in its last second', 12 * HOURS - 1, true],
  ['after 12 hours', 12 * HOURS, false],
  ['from a task whose clock is a minute ahead', -60, true],
  ['from the future', -61, false],
])('%s', (_name, age, accepted) => {
  expect(readSessionId(mint(), NOW + age) !== undefined).toBe(accepted);
});

test('every character counts: what is changed in one place is another ID, or none', () => {
  const id = mint(principalTag);
  const place = fc.nat(id.length - 1);
  const character = fc.constantFrom(...'AZaz09-_. v/+=\n');
  fc.assert(
    fc.property(place, character, (at, other) => {
      const changed = `${id.slice(0, at)}${other}${id.slice(at + 1)}`;
      const read = readSessionId(changed, NOW);
      expect(read === undefined || read.text === changed).toBe(true);
      if (changed !== id) expect(read?.text).not.toBe(id);
    }),
  );
});

test('any other text is not a session ID', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (text) => readSessionId(text, NOW) === undefined),
  );
  for (const text of [
    '',
    `${mint()} `,
    `${mint()}\n`,
    mint().replace('v1', 'v2'),
    mint().slice(0, -1),
    `${mint()}.x`,
  ]) {
    expect(readSessionId(text, NOW)).toBeUndefined();
  }
});
