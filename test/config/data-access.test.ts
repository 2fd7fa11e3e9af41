import { bucketMatcher } from '../../auth/bucket-pattern.ts';
import { checkEnvironment, loadEnvironment } from '../../config/load.ts';
import { production } from '../../config/production.ts';
import type { EnvironmentInput } from '../../config/schema.ts';
import { localBuckets } from '../../local/registry/server.ts';
import { buildBundles } from '../support/build.ts';
import { problemsOf } from './support/problems.ts';

const KEY = 'arn:aws:kms:eu-west-1:444455556666:key/0a-1';

const check = (dataAccess: unknown) =>
  problemsOf(() => checkEnvironment({ ...production, dataAccess } as EnvironmentInput, 'config/mine.ts'));

test.each([
  ['a bare star', { buckets: ['*'] }, 'dataAccess.buckets.0', /three characters.*buckets that were never meant/],
  ['a pattern of nearly everything', { buckets: ['ab*'] }, 'dataAccess.buckets.0', /three characters/],
  ['two stars', { buckets: ['data-*-*'] }, 'dataAccess.buckets.0', /one \*/],
  ['a URL', { buckets: ['genomes', 's3://data'] }, 'dataAccess.buckets.1', /without s3:/],
  ['an ARN', { buckets: ['arn:aws:s3:::data'] }, 'dataAccess.buckets.0', /bare name/],
  ['one name for a list', { buckets: 'genomes' }, 'dataAccess.buckets', /list/],
  ['a bucket twice', { buckets: ['genomes', 'genomes'] }, 'dataAccess.buckets', /once/],
  [
    'too many buckets',
    { buckets: Array.from({ length: 201 }, (_, index) => `data-${index}`) },
    'dataAccess.buckets',
    /200/,
  ],
  ['an account that is none', { buckets: ['data-*'], accounts: ['mine'] }, 'dataAccess.accounts.0', /12 digits/],
  [
    'an alias',
    { buckets: ['data-*'], encryptionKeyArns: ['alias/data'] },
    'dataAccess.encryptionKeyArns.0',
    /by its ARN/,
  ],
  [
    'a key of another partition',
    { buckets: ['data-*'], encryptionKeyArns: [KEY.replace('aws', 'aws-cn')] },
    'dataAccess.encryptionKeyArns.0',
    /begins with arn:aws:/,
  ],
  [
    'keys without buckets',
    { encryptionKeyArns: [KEY] },
    'dataAccess.buckets',
    /Accounts and keys are those of buckets/,
  ],
  ['accounts without buckets', { accounts: ['444455556666'] }, 'dataAccess.buckets', /Accounts and keys are those/],
  ['an unknown key', { buckets: [], bucket: 'data' }, 'dataAccess.bucket', /not known/],
])('%s is refused, with what to write instead', (_, dataAccess, key, sentence) => {
  const [problem] = check(dataAccess);
  expect(problem).toMatchObject({ file: 'config/mine.ts', key });
  expect(`${problem?.rule}. ${problem?.remedy}.`).toMatch(sentence);
});

test('names, patterns, other accounts, and keys of other regions can be expressed', () => {
  const accounts = ['444455556666'];
  expect(check({ buckets: ['genomes', 'data-*', 'team-*-raw'], accounts, encryptionKeyArns: [KEY] })).toEqual([]);
});

test('left out, no bucket is reached', () => {
  const { dataAccess: _, ...without } = production;
  expect(checkEnvironment(without, 'test').dataAccess).toEqual({ buckets: [], accounts: [], encryptionKeyArns: [] });
});

test('the local environment reaches what the local registry lists', () => {
  buildBundles();
  const reaches = bucketMatcher(loadEnvironment('local').dataAccess.buckets);
  expect(localBuckets(undefined).filter((bucket) => !reaches(bucket))).toEqual([]);
});
