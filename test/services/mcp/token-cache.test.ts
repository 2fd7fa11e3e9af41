import { TokenCache } from '../../../services/mcp/authenticator.ts';

test('remembers a value by the whole token', () => {
  const cache = new TokenCache<string>(10);
  cache.at('a.b.c').remember('first');
  expect(cache.at('a.b.c').known).toBe('first');
  for (const other of ['a.b.d', 'a.b', 'a.b.c ', '']) expect(cache.at(other).known).toBeUndefined();
});

test('is bounded: the entry used longest ago goes first', () => {
  const cache = new TokenCache<number>(2);
  cache.at('one').remember(1);
  cache.at('two').remember(2);
  expect(cache.at('one').known).toBe(1);
  cache.at('three').remember(3);
  expect(['one', 'two', 'three'].map((token) => cache.at(token).known)).toEqual([1, undefined, 3]);
  expect(cache.size).toBe(2);
});
