import { z } from 'zod';
import { isBucketPattern } from '../auth/bucket-pattern.ts';
import { kmsKeyArn } from './account.ts';
import { rule, section, text } from './rules.ts';

/** What the policies of a role have room for. */
const MAX_BUCKETS = 200;
const MAX_KEYS = 20;
const MAX_ACCOUNTS = 20;

function listedOnce(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

/**
 * What the MCP service's tools may reach in S3 at all. A person reaches of it what their own token names, with credentials made for
 * that one bucket; without buckets no such credentials can be made.
 */
export const dataAccessSchema = section({
  /** Bare names, or patterns such as `data-*`; one that does not exist yet may be listed. */
  buckets: z
    .array(
      z
        .string()
        .refine(
          isBucketPattern,
          rule(
            'A bucket is given by its bare name, or many by a pattern with three characters or more before its one *',
            'Write a name without s3://, or a pattern such as data-*; a * alone would open buckets that were never meant',
          ),
        ),
      rule('Buckets are a list', 'Write [] for none'),
    )
    .max(
      MAX_BUCKETS,
      rule('The policies of a role have room for so many buckets', `List at most ${MAX_BUCKETS}, patterns among them`),
    )
    .refine(listedOnce, rule('A bucket is listed once', 'Remove the second one'))
    .default([]),
  /** Other accounts that may own the buckets. An account that takes over a released bucket name is not among them. */
  accounts: z
    .array(
      text(
        /^\d{12}$/,
        rule('An account is its 12 digits, as a text', "Write the number in quotes, such as '111122223333'"),
      ),
    )
    .max(MAX_ACCOUNTS, rule('The policies of a role have room for so many accounts', `List at most ${MAX_ACCOUNTS}`))
    .refine(listedOnce, rule('An account is listed once', 'Remove the second one'))
    .default([]),
  /** Keys of the account or of others that objects are encrypted with; `aws/s3` and S3's own need no entry. */
  encryptionKeyArns: z
    .array(kmsKeyArn)
    .max(MAX_KEYS, rule('The policies of a role have room for so many keys', `List at most ${MAX_KEYS}`))
    .refine(listedOnce, rule('A key is listed once', 'Remove the second one'))
    .default([]),
}).prefault({});
