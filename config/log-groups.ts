import { z } from 'zod';
import { rule, section, text } from './rules.ts';

const logGroupName = text(
  /^[\w./#-]{1,512}$/,
  rule('A log group is given by its name, not by its ARN', 'Write a name such as /ecs/mcp-server'),
);

/** Where both services log: groups that are made, or existing ones of the same account and region, which may be one and the same. */
export const logGroupsSchema = z.discriminatedUnion(
  'kind',
  [
    section({ kind: z.literal('create') }),
    section({ kind: z.literal('import'), catalog: logGroupName, mcp: logGroupName }),
  ],
  rule(
    "Log groups are of kind 'create' or 'import'",
    "Write { kind: 'create' } or { kind: 'import', catalog: …, mcp: … }",
  ),
);
