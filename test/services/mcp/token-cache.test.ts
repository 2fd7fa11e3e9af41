import fc from 'fast-check';
import { TokenCache } from '../../../services/mcp/token-cache.ts';

test('it never holds more than its capacity, and always the tokens used last', () => {
  const names = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(names, { maxLength: 40 }), (capacity, used) => {
      const cache = new TokenCache<string>(capacity);
      for (const name of used) if (cache.get(name) === undefined) cache.set(name, `value of ${name}`);
      const lastUsed = [...new Set([...used].reverse())].slice(0, capacity);
      expect(cache.size).toBe(lastUsed.length);
      for (const name of [...lastUsed].reverse()) expect(cache.get(name)).toBe(`value of ${name}`);
    }),
  );
});

test('a token set again has its new value', () => {
  const cache = new TokenCache<number>(2);
  cache.set('a', 1);
  cache.set('a', 2);
  expect([cache.get('a'), cache.size]).toEqual([2, 1]);
});
