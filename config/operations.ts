import { z } from 'zod';
import { isBucketName } from '../auth/names.ts';
import { CHECK_NAMES } from '../contract/canary-report.ts';
import { arn, kinds, rule, section, text, whole } from './rules.ts';

const topicSchema = kinds('A topic is of kind', {
  create: {},
  import: {
    /** May be one of another account; its policy has to let CloudWatch publish. */
    arn: arn(
      'sns',
      '[\\w-]{1,256}',
      rule(
        'A topic is given by its ARN, and is no FIFO topic, which alarms cannot publish to',
        'Write arn:aws:sns:<region>:<account>:<name>',
      ),
    ),
  },
});

/** Who receives alarms. */
export const operationsSchema = section({
  /** Subscribed to a created topic. Each address gets a message first, in which the subscription has to be confirmed. */
  emails: z
    .array(
      text(
        /^[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+$/,
        rule('Alarms go to e-mail addresses', 'Write an address such as platform@example.org'),
      ),
      rule('E-mail addresses are a list', "Write a list such as ['platform@example.org']"),
    )
    .refine(
      (emails) => new Set(emails.map((email) => email.toLowerCase())).size === emails.length,
      rule('An address is subscribed once', 'Remove the second one'),
    )
    .default([]),
  topic: topicSchema.default({ kind: 'create' }),
}).prefault({});

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 4 KB for all variables of the function. */
const MAX_BUCKETS_LENGTH = 2_000;

/** No task starts with invalid parameters, so this check cannot be tolerated. */
const TOLERABLE = CHECK_NAMES.filter((name) => name !== 'parameters-valid');

/** How the canary checks, how often and as whom. */
export const canarySchema = section({
  /**
   * What the canary dials. The load balancer's own name works before DNS does; SNI, Host and certificate are those of
   * the host name all the same.
   */
  connect: z
    .enum(
      ['load-balancer', 'public-url'],
      rule('The canary dials the load balancer or the public URL', "Write 'load-balancer' or 'public-url'"),
    )
    .default('load-balancer'),
  /** Buckets in the canary's token. */
  buckets: z
    .array(
      z
        .string(rule('A bucket is given by its bare name', "Write the name in quotes, or '*' for every bucket"))
        .refine(
          (name) => name === '*' || isBucketName(name),
          rule('A bucket is given by its bare name', "Write the name without s3://, or '*' for every bucket"),
        ),
      rule('Buckets are a list', "Write a list such as ['quilt-example']"),
    )
    .refine(
      (buckets) => JSON.stringify(buckets).length <= MAX_BUCKETS_LENGTH,
      rule(
        'The variables of a Lambda function have 4 KB together',
        `List buckets of at most ${MAX_BUCKETS_LENGTH} characters together`,
      ),
    )
    .default([]),
  /** How often it runs on its schedule. */
  everyMinutes: whole(
    1,
    1440,
    rule('The canary runs every minute to once a day', 'Write 1 to 1440, 5 unless you know better'),
  ).default(5),
  /**
   * Checks that may fail without making the canary red, such as those that an image you bring cannot pass. Each stays in
   * every report.
   */
  tolerate: z
    .array(
      z.enum(TOLERABLE, rule('Only a check of the canary can be tolerated', `Write one of ${TOLERABLE.join(', ')}`)),
    )
    .default([]),
}).prefault({});

/** When the signing secret is replaced. */
export const rotationSchema = section({
  /** Age at which the secret is replaced by a new one. */
  everyDays: whole(
    1,
    365,
    rule('The secret is rotated every day to once a year', 'Write 1 to 365, 30 unless you know better'),
  ).default(30),
  /** Stops the schedule only: manual rotations and the repair of overwritten values continue. */
  paused: z.boolean(rule('Rotation on schedule is paused or not', 'Write true or false')).default(false),
  /** How long replacing all tasks of a service may take before it counts as failed. */
  rollOutMinutes: whole(
    1,
    60,
    rule('Replacing the tasks of a service takes one minute to an hour', 'Write 1 to 60, 15 unless you know better'),
  ).default(15),
}).prefault({});

/** What a rollback can go back to. */
export const revisionsSchema = section({
  /**
   * How many deploys are remembered with their template. The last good one, and whatever was replaced within the last day,
   * is kept beyond that.
   */
  keep: whole(
    10,
    1000,
    rule('The last 10 to 1000 deploys are remembered', 'Write 10 to 1000, 200 unless you know better'),
  ).default(200),
}).prefault({});
