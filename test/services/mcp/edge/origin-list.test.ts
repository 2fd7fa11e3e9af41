import { originList } from '../../../../services/mcp/edge/origin-list.ts';

const { read } = originList('ORIGINS');

test.each([
  ['nothing', undefined, []],
  ['blanks', ' ', []],
  ['an empty list', '[]', []],
  [
    'origins',
    '["https://a.example.org","https://b.example.org:8443"]',
    ['https://a.example.org', 'https://b.example.org:8443'],
  ],
  [
    'http on loopback',
    '["http://localhost:6274","http://127.0.0.2:1","http://[::1]:1"]',
    ['http://localhost:6274', 'http://127.0.0.2:1', 'http://[::1]:1'],
  ],
])('%s', (_what, text, list) => {
  expect(read(text)).toEqual(list);
});

test.each([
  ['what is no JSON', 'https://marked.example.org'],
  ['no list', '"https://marked.example.org"'],
  ['a wildcard', '["*"]'],
  ['the opaque origin', '["null"]'],
  ['a wildcard inside', '["https://*.marked.example.org"]'],
  ['a path', '["https://marked.example.org/"]'],
  ['capitals', '["https://Marked.example.org"]'],
  ['http', '["http://marked.example.org"]'],
  ['another scheme', '["ftp://marked.example.org"]'],
  ['the port that a browser leaves out', '["https://marked.example.org:443"]'],
  ['a user', '["https://marked@example.org"]'],
  ['a number', '[1]'],
])('%s is refused, without being repeated', (_what, text) => {
  expect(() => read(text)).toThrow(/^must be a JSON list of origins/);
  expect(() => read(text)).not.toThrow(/marked/i);
});
