import { z } from 'zod';
import { arn, rule, section } from './rules.ts';

/** The KMS key that encrypts both secret parameters: made, or an existing one of the same account and region. */
export const encryptionKeySchema = z.discriminatedUnion(
  'kind',
  [
    section({ kind: z.literal('create') }),
    section({
      kind: z.literal('import'),
      arn: arn(
        'kms',
        'key/(mrk-)?[0-9a-f-]+',
        rule('A KMS key is given by its ARN, not by an alias', 'Write arn:aws:kms:<region>:<account>:key/<id>'),
      ),
    }),
  ],
  rule("An encryption key is of kind 'create' or 'import'", "Write { kind: 'create' } or { kind: 'import', arn: … }"),
);
export type EncryptionKeyConfig = z.output<typeof encryptionKeySchema>;
