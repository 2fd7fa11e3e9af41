import { z } from 'zod';
import { hostedZoneId } from './domain.ts';
import { cidr } from './network.ts';
import { arn, rule, section, text, whole } from './rules.ts';

const priority = whole(
  1,
  50_000,
  rule('A listener has rules with priorities from 1 to 50000', 'Write a number that no other rule of the listener has'),
);

/** Positions among the listener's rules, of which the lowest that matches wins. */
const rulePriorities = section({ mcp: priority.default(10), catalog: priority.default(20) })
  .superRefine(({ mcp, catalog }, context) => {
    if (mcp < catalog) return;
    const message = rule(
      'The rule of MCP comes before that of the catalog, which takes every path of the host',
      'Write a lower number for mcp than for catalog',
    );
    context.addIssue({ code: 'custom', path: ['mcp'], message });
  })
  .prefault({});

const created = z.discriminatedUnion(
  'scheme',
  [
    section({ kind: z.literal('create'), scheme: z.literal('internet-facing'), rulePriorities }),
    section({
      kind: z.literal('create'),
      scheme: z.literal('internal'),
      /** Address ranges that may connect, beside the VPC itself: a VPN, an office, peered networks. */
      clientCidrs: z.array(cidr).default([]),
      rulePriorities,
    }),
  ],
  rule("A load balancer is 'internet-facing' or 'internal'", "Write { kind: 'create', scheme: 'internet-facing' }"),
);

const imported = section({
  kind: z.literal('import'),
  /** What it is, since the canary runs where its clients are. */
  scheme: z.enum(
    ['internet-facing', 'internal'],
    rule("A load balancer is 'internet-facing' or 'internal'", 'Write what the load balancer is'),
  ),
  /** The HTTPS listener on port 443. Its rules and its default action stay as they are. */
  listenerArn: arn(
    'elasticloadbalancing',
    'listener/app/[\\w-]+/[0-9a-z]+/[0-9a-z]+',
    rule(
      'A listener is given by its ARN, and is one of an application load balancer',
      'Write arn:aws:elasticloadbalancing:<region>:<account>:listener/app/<name>/<id>/<id>',
    ),
  ),
  /** The group that requests to the tasks come from. */
  securityGroupId: text(
    /^sg-[0-9a-f]+$/,
    rule('A security group is given by its ID', 'Write an ID such as sg-0123456789abcdef0'),
  ),
  /** Whether the group gets rules by which it reaches the tasks. It is not ours, so that it is left alone unless asked for. */
  addEgress: z
    .boolean(rule('Rules are added to the security group or not', 'Write true, or leave it out'))
    .default(false),
  /** The name that AWS gave it, which answers before public DNS does. */
  dnsName: text(
    /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/i,
    rule('A load balancer has a DNS name, without scheme or port', 'Write the name that its description shows'),
  ),
  /** The zone of that name, which is AWS's and no zone of yours: needed for a record in a hosted zone only. */
  canonicalHostedZoneId: hostedZoneId.optional(),
  rulePriorities,
});

/** The load balancer in front of both services: made, or an existing one that gets two rules. */
export const loadBalancerSchema = z.discriminatedUnion(
  'kind',
  [created, imported],
  rule(
    "A load balancer is of kind 'create' or 'import'",
    "Write { kind: 'create', scheme: … } or { kind: 'import', scheme: …, listenerArn: …, … }",
  ),
);
export type LoadBalancerConfig = z.output<typeof loadBalancerSchema>;
