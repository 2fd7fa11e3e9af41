import { rule, section, text } from './rules.ts';

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
