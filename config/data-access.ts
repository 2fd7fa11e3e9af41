import { z } from 'zod';
import { isBucketPattern } from '../services/mcp/buckets/data-access.ts';
import type { Refuse } from './checked.ts';
import { arn, rule, section, text } from './rules.ts';

/** What the policies of a role have room for. */
const MOST_BUCKETS = 200;
const MOST_KEYS = 20;
const MOST_ACCOUNTS = 20;

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
            'Write a name without s3://, or a pattern such as data-*; a * alone would open buckets that nobody thought of',
          ),
        ),
      rule('Buckets are a list', 'Write [] for none'),
    )
    .max(
      MOST_BUCKETS,
      rule('The policies of a role have room for so many buckets', `List at most ${MOST_BUCKETS}, patterns among them`),
    )
    .refine(listedOnce, rule('A bucket is listed once', 'Remove the second one'))
    .default([]),
  /** Accounts that buckets may belong to beside the own one. Whoever takes over a name that was given up is none of them. */
  accounts: z
    .array(
      text(
        /^\d{12}$/,
        rule('An account is its 12 digits, as a text', "Write the number in quotes, such as '111122223333'"),
      ),
    )
    .max(MOST_ACCOUNTS, rule('The policies of a role have room for so many accounts', `List at most ${MOST_ACCOUNTS}`))
    .refine(listedOnce, rule('An account is listed once', 'Remove the second one'))
    .default([]),
  /** Keys of the account or of others that objects are encrypted with; `aws/s3` and S3's own need no entry. */
  encryptionKeyArns: z
    .array(
      arn(
        'kms',
        'key/(mrk-)?[0-9a-f-]+',
        rule('A KMS key is given by its ARN, not by an alias', 'Write arn:aws:kms:<region>:<account>:key/<id>'),
      ),
    )
    .max(MOST_KEYS, rule('The policies of a role have room for so many keys', `List at most ${MOST_KEYS}`))
    .refine(listedOnce, rule('A key is listed once', 'Remove the second one'))
    .default([]),
}).prefault({});
export type DataAccessConfig = z.output<typeof dataAccessSchema>;

/** Accounts and keys without buckets open nothing: somebody has forgotten the buckets. */
export function checkDataAccess({ dataAccess }: { readonly dataAccess: DataAccessConfig }, refuse: Refuse): void {
  const { buckets, accounts, encryptionKeyArns } = dataAccess;
  if (buckets.length === 0 && accounts.length + encryptionKeyArns.length > 0)
    refuse(
      ['dataAccess', 'buckets'],
      rule('Accounts and keys are those of buckets', 'List the buckets, or leave the whole section out'),
    );
}
