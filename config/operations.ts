import { z } from 'zod';
import { arn, rule, section, text } from './rules.ts';

const topicSchema = z.discriminatedUnion(
  'kind',
  [
    section({ kind: z.literal('create') }),
    section({
      kind: z.literal('import'),
      /** May be one of another account; its policy has to let CloudWatch publish. */
      arn: arn(
        'sns',
        '[\\w-]{1,256}',
        rule(
          'A topic is given by its ARN, and is no FIFO topic, which alarms cannot publish to',
          'Write arn:aws:sns:<region>:<account>:<name>',
        ),
      ),
    }),
  ],
  rule("A topic is of kind 'create' or 'import'", "Write { kind: 'create' } or { kind: 'import', arn: … }"),
);
export type TopicConfig = z.output<typeof topicSchema>;

/** Who is told about alarms. */
export const operationsSchema = section({
  /** Subscribed to a created topic. Each address gets a message first, in which the subscription has to be confirmed. */
  emails: z
    .array(
      text(
        /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
        rule('Alarms go to e-mail addresses', 'Write an address such as platform@example.org'),
      ),
    )
    .default([]),
  topic: topicSchema.default({ kind: 'create' }),
}).prefault({});
