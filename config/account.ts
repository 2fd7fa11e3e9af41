import { arn, kinds, rule, section, text } from './rules.ts';

/** The ECS cluster that both services run in: made, or an existing one of the same account and region. */
export const clusterSchema = kinds('A cluster is of kind', {
  create: {},
  import: {
    name: text(
      /^[A-Za-z0-9_-]{1,255}$/,
      rule('A cluster is given by its name, not by its ARN', 'Write the part of the ARN behind cluster/'),
    ),
  },
});

const logGroupName = text(
  /^[\w./#-]{1,512}$/,
  rule('A log group is given by its name, not by its ARN', 'Write a name such as /ecs/mcp-server'),
);

/** Where both services log: groups that are made, or existing ones of the same account and region, which may be the same one. */
export const logGroupsSchema = kinds('Log groups are of kind', {
  create: {},
  import: { catalog: logGroupName, mcp: logGroupName },
});

/** A customer-managed KMS key. */
export const kmsKeyArn = arn(
  'kms',
  'key/(mrk-)?[0-9a-f-]+',
  rule('A KMS key is given by its ARN, not by an alias', 'Write arn:aws:kms:<region>:<account>:key/<id>'),
);

/** The KMS key that encrypts both secret parameters: made, or an existing one of the same account and region. */
export const encryptionKeySchema = kinds('An encryption key is of kind', { create: {}, import: { arn: kmsKeyArn } });

/** What an account demands of every role that is made in it. Both hold for all roles of all stacks. */
export const iamSchema = section({
  /** A managed policy: no role may do what this does not allow. */
  permissionsBoundary: text(
    /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/,
    rule(
      'A permissions boundary is given by the ARN of a managed policy',
      'Write arn:aws:iam::<account>:policy/<name>',
    ),
  ).optional(),
  rolePath: text(
    /^(?=.{1,512}$)\/([\w+=,.@-]+\/)*$/,
    rule('A path of roles begins and ends with /', 'Write a path such as /quilt/'),
  ).optional(),
}).prefault({});
