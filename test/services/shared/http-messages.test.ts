import { readBearerToken } from '../../../services/shared/http-messages.ts';

test.each([
  [undefined, { kind: 'none' }],
  ['Bearer abc', { kind: 'bearer', token: 'abc' }],
  ['bearer   abc  ', { kind: 'bearer', token: 'abc' }],
  ['BEARER a b', { kind: 'bearer', token: 'a b' }],
  ['Bearer', { kind: 'bearer', token: '' }],
  ['Bearer ', { kind: 'bearer', token: '' }],
  ['', { kind: 'other_scheme' }],
  ['Basic abc', { kind: 'other_scheme' }],
  ['Bearerabc', { kind: 'other_scheme' }],
  ['abc', { kind: 'other_scheme' }],
])('%p', (header, expected) => {
  expect(readBearerToken(header)).toEqual(expected);
});
