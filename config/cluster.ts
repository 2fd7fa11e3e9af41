import { z } from 'zod';
import { rule, section, text } from './rules.ts';

/** The ECS cluster that both services run in: made, or an existing one of the same account and region. */
export const clusterSchema = z.discriminatedUnion(
  'kind',
  [
    section({ kind: z.literal('create') }),
    section({
      kind: z.literal('import'),
      name: text(
        /^[A-Za-z0-9_-]{1,255}$/,
        rule('A cluster is given by its name, not by its ARN', 'Write the part of the ARN behind cluster/'),
      ),
    }),
  ],
  rule("A cluster is of kind 'create' or 'import'", "Write { kind: 'create' } or { kind: 'import', name: … }"),
);
