import fc from 'fast-check';
import { LruCache } from '../../../services/mcp/lru-cache.ts';

test('it never holds more than its capacity, and always the entries used last', () => {
  const names = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(names, { maxLength: 40 }), (capacity, used) => {
      const cache = new LruCache<string>(capacity);
      for (const name of used) if (cache.get(name) === undefined) cache.set(name, `value of ${name}`);
      const lastUsed = [...new Set([...used].reverse())].slice(0, capacity);
      expect(cache.size).toBe(lastUsed.length);
      for (const name of [...lastUsed].reverse()) expect(cache.get(name)).toBe(`value of ${name}`);
    }),
  );
});

test('an entry set again has its new value', () => {
  const cache = new LruCache<number>(2);
  cache.set('a', 1);
  cache.set('a', 2);
  expect([cache.get('a'), cache.size]).toEqual([2, 1]);
});

test('an entry is removed only while it has the given value', () => {
  const cache = new LruCache<object>(2);
  const [older, younger] = [{}, {}];
  cache.set('a', older);
  cache.set('a', younger);
  cache.deleteIf('a', older);
  expect(cache.get('a')).toBe(younger);
  cache.deleteIf('a', younger);
  expect(cache.get('a')).toBeUndefined();
});
