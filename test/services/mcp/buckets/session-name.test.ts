import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { sessionNameOf } from '../../../../services/mcp/buckets/assume-data-role.ts';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const ACCEPTED_BY_STS = /^[\w+=,.@-]{2,64}$/;

const hashOf = (subject: string) => `sha256=${createHash('sha256').update(subject).digest('base64url')}`;

test.each(['alice', 'alice.smith+lab@example.org', 'a-b_c=d,e', 'a'.repeat(64)])('%s is unchanged', (subject) => {
  expect(sessionNameOf(subject)).toBe(subject);
});

test.each([
  ['too short', 'a'],
  ['too long', 'a'.repeat(65)],
  ['with a blank', 'Alice Smith'],
  ['with a colon', 'aws:alice'],
  ['of another alphabet', 'Алиса'],
  ['with a line break at its end', 'alice\n'],
  ['empty', ''],
])('a subject that is %s goes by its hash', (_, subject) => {
  expect(sessionNameOf(subject)).toBe(hashOf(subject));
});

test('no subject can take the hashed name of another', () => {
  const pretender = hashOf('Alice Smith');
  expect(sessionNameOf(pretender)).not.toBe(sessionNameOf('Alice Smith'));
});

test('STS accepts every name, and two subjects never share one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, other) => {
      expect(sessionNameOf(one)).toMatch(ACCEPTED_BY_STS);
      expect(sessionNameOf(one) === sessionNameOf(other)).toBe(one === other);
    }),
  );
});
