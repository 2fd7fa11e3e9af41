import { isBucketName } from '../../auth/names.ts';

test.each(['abc', 'bucket-one', 'bucket.one', '3-buckets', 'Legacy_Bucket', 'a'.repeat(63), 'a'.repeat(255)])(
  '%j can be a bucket',
  (name) => {
    expect(isBucketName(name)).toBe(true);
  },
);

test.each([
  '',
  'ab',
  '*',
  'bucket-*',
  'bucket-?',
  '-bucket',
  'bucket.',
  'bucket/key',
  's3://bucket',
  'arn:aws:s3:::bucket',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an IAM policy variable
  'bucket${aws:username}',
  'bucket\n',
  ' bucket',
  'bücket',
  'a'.repeat(256),
  7,
  null,
  undefined,
  ['bucket-one'],
])('%j cannot', (name) => {
  expect(isBucketName(name)).toBe(false);
});
