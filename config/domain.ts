import { z } from 'zod';
import { arn, rule, section, text } from './rules.ts';

/** A hosted zone of Route 53. */
export const hostedZoneId = text(
  /^Z[A-Z0-9]+$/,
  rule('A hosted zone is given by its ID', 'Write an ID such as Z0123456789ABCDEFGHIJ'),
);

/** Where the host name is kept. */
export const dnsSchema = z.discriminatedUnion(
  'kind',
  [
    section({
      kind: z.literal('hosted-zone'),
      hostedZoneId,
      zoneName: text(
        /^[a-z0-9.-]+[a-z0-9]$/,
        rule('A zone name is a domain without the final dot', 'Write a name such as example.org'),
      ),
    }),
    section({ kind: z.literal('outside') }),
  ],
  rule(
    "DNS is kept in a 'hosted-zone' or 'outside'",
    "Write { kind: 'hosted-zone', hostedZoneId: …, zoneName: … } or { kind: 'outside' }",
  ),
);
export type DnsConfig = z.output<typeof dnsSchema>;

/** What the load balancer proves with that it is the host name: made, imported, or what an imported listener has already. */
export const certificateSchema = z.discriminatedUnion(
  'kind',
  [
    section({ kind: z.literal('create') }),
    section({
      kind: z.literal('import'),
      arn: arn(
        'acm',
        'certificate/[0-9a-f-]+',
        rule('A certificate is given by its ACM ARN', 'Write arn:aws:acm:<region>:<account>:certificate/<id>'),
      ),
    }),
    section({ kind: z.literal('listener') }),
  ],
  rule(
    "A certificate is of kind 'create', 'import' or 'listener'",
    "Write { kind: 'create' }, { kind: 'import', arn: … }, or { kind: 'listener' } for an imported load balancer that has it",
  ),
);
export type CertificateConfig = z.output<typeof certificateSchema>;
