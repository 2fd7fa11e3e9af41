import fc from 'fast-check';
import { bucketMatcher, isBucketPattern } from '../../auth/bucket-pattern.ts';

test.each(['genomes', 'data-*', 'data-*-public', 'abc*', 'Old_Name.1*'])('%s names buckets', (pattern) => {
  expect(isBucketPattern(pattern)).toBe(true);
});

test.each([
  '',
  '*',
  '**',
  'a*',
  'ab*',
  '*-data',
  'data-**',
  'd*t*a',
  '-ab*',
  's3://data-*',
  'data-*/x',
  'data-?',
  'data*'.padEnd(256, 'a'),
])('%j does not', (pattern) => {
  expect(isBucketPattern(pattern)).toBe(false);
});

test('names match literally, and a star matches any text, even none', () => {
  const reaches = bucketMatcher(['genomes', 'data-*', 'team-*-raw']);
  for (const bucket of ['genomes', 'data-', 'data-one', 'team--raw', 'team-a-raw']) expect(reaches(bucket)).toBe(true);
  for (const bucket of ['genome', 'genomes2', 'Genomes', 'data', 'my-data-one', 'team-raw', 'team-a-raw2'])
    expect(reaches(bucket)).toBe(false);
});

test('nothing is reached where nothing is named', () => {
  fc.assert(fc.property(fc.string(), (bucket) => !bucketMatcher([])(bucket)));
});

test('a pattern matches exactly the names with its prefix and suffix', () => {
  const part = fc.stringMatching(/^[a-c]{0,4}$/);
  fc.assert(
    fc.property(part, part, fc.stringMatching(/^[a-c]{0,9}$/), (prefix, suffix, bucket) => {
      expect(bucketMatcher([`${prefix}*${suffix}`])(bucket)).toBe(new RegExp(`^${prefix}.*${suffix}$`).test(bucket));
    }),
  );
});
