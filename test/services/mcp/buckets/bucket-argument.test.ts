import fc from 'fast-check';
import { isBucketName } from '../../../../auth/names.ts';
import { parseBucketArgument } from '../../../../services/mcp/buckets/create-bucket-access.ts';
import { ToolError } from '../../../../services/mcp/reasons.ts';

const names = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/);

test('a bucket is the same bare and as s3://, with or without a final slash', () => {
  fc.assert(
    fc.property(names, (name) => {
      for (const argument of [name, `s3://${name}`, `s3://${name}/`]) expect(parseBucketArgument(argument)).toBe(name);
    }),
  );
});

test.each([
  '',
  '*',
  's3://',
  's3:///',
  'genomes/',
  'genomes/key',
  's3://genomes/key',
  's3://genomes//',
  'S3://genomes',
  's3://s3://genomes',
  'https://genomes',
  ' genomes',
  'genomes\n',
  'genomes*',
  'arn:aws:s3:::genomes',
  '../genomes',
  'genomes?versions',
  'genömes',
])('%j is refused', (argument) => {
  expect(() => parseBucketArgument(argument)).toThrow(
    expect.objectContaining({ name: 'ToolError', reason: 'bucket_name_invalid' }),
  );
});

test('any argument yields a bucket name or a refusal that does not quote it', () => {
  const written = fc.oneof(
    fc.string(),
    fc.tuple(fc.constantFrom('', 's3://'), names, fc.string({ maxLength: 4 })).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(written, (argument) => {
      try {
        const bucket = parseBucketArgument(argument);
        expect(isBucketName(bucket)).toBe(true);
        expect([bucket, `s3://${bucket}`, `s3://${bucket}/`]).toContain(argument);
      } catch (error) {
        if (!(error instanceof ToolError)) throw error;
        if (argument.length > 12) expect(error.message).not.toContain(argument);
      }
    }),
  );
});
