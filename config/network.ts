import { z } from 'zod';
import { arn, kinds, rule, section, text, whole } from './rules.ts';

/** First address and prefix length of a range; undefined unless it is one in IPv4 CIDR notation. */
function rangeOf(value: string): { readonly first: number; readonly prefix: number } | undefined {
  const [, address = '', length = ''] = /^((?:\d{1,3}\.){3}\d{1,3})\/(\d{1,2})$/.exec(value) ?? [];
  const octets = address.split('.');
  const prefix = Number(length);
  if (length === '' || prefix > 32 || octets.some((octet) => Number(octet) > 255 || String(Number(octet)) !== octet))
    return undefined;
  return { first: octets.reduce((sum, octet) => sum * 256 + Number(octet), 0), prefix };
}

const CIDR_RULE = rule('An address range is written as IPv4 CIDR', 'Write a range such as 10.0.0.0/16');

/** A range of addresses. */
const cidr = z
  .string(CIDR_RULE)
  .refine((value) => rangeOf(value) !== undefined, {
    error: CIDR_RULE,
    abort: true,
  })
  .refine(
    (value) => {
      const { first = 0, prefix = 0 } = rangeOf(value) ?? {};
      return first % 2 ** (32 - prefix) === 0;
    },
    rule('An address range begins with its first address', 'Set the bits behind the prefix to zero, as in 10.0.0.0/16'),
  );

/** First octets that no VPC may have. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
const isReserved = (first: number) => {
  const octet = Math.floor(first / 2 ** 24);
  return octet === 0 || octet === 127 || octet >= 224 || Math.floor(first / 2 ** 16) === 169 * 256 + 254;
};

/** The range of a VPC. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
const vpcCidr = cidr
  .refine(
    (value) => {
      const { prefix = 16 } = rangeOf(value) ?? {};
      return prefix >= 16 && prefix <= 28;
    },
    {
      error: rule('The range of a VPC has a prefix of /16 to /28', 'Write a range such as 10.0.0.0/16'),
      abort: true,
    },
  )
  .refine(
    (value) => !isReserved(rangeOf(value)?.first ?? 1),
    rule(
      'AWS allows no VPC in 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16 and from 224.0.0.0 on',
      'Write a private range such as 10.0.0.0/16',
    ),
  );

const availabilityZones = z
  .array(
    text(
      /^[a-z]{2,4}(-[a-z]+)+-\d[a-z]$/,
      rule('A zone is written with its region', 'Write a zone such as us-east-1a'),
    ),
    rule('Availability zones are a list', "Write a list such as ['us-east-1a', 'us-east-1b']"),
  )
  .min(1, rule('A VPC has subnets in one zone at least', 'List the availability zones, two for a load balancer'));
const subnetIds = z.array(
  text(/^subnet-[0-9a-f]+$/, rule('A subnet is given by its ID', 'Write an ID such as subnet-0123456789abcdef0')),
  rule('Subnets are a list', 'List one subnet for each availability zone, in the same order'),
);

/** Addresses that a subnet of a load balancer has. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer */
const MAX_SUBNET_PREFIX = 27;

/** The longest prefix of a VPC that has room for a public and a private subnet in each zone. */
export function longestVpcPrefix(zones: number): number {
  return MAX_SUBNET_PREFIX - Math.ceil(Math.log2(2 * zones));
}

/** The length of the prefix of a valid range. */
export function prefixOf(range: string): number {
  return rangeOf(range)?.prefix ?? 0;
}

/** The network: made, or given by its attributes. */
export const vpcSchema = kinds('A VPC is of kind', {
  create: {
    cidr: vpcCidr.default('10.0.0.0/16'),
    /** Listed, not counted: looking them up would need the network, and the account's order may change under a stack. */
    availabilityZones,
    /** 1 costs least; as many as zones survive the loss of a zone. */
    natGateways: whole(
      1,
      6,
      rule('Tasks in private subnets reach AWS through a NAT gateway', 'Write 1, or one for each zone'),
    ).default(1),
  },
  import: {
    vpcId: text(/^vpc-[0-9a-f]+$/, rule('A VPC is given by its ID', 'Write an ID such as vpc-0123456789abcdef0')),
    cidr: vpcCidr,
    availabilityZones,
    privateSubnetIds: subnetIds,
    /** Needed only for an internet-facing load balancer that is made here. */
    publicSubnetIds: subnetIds.optional(),
  },
});
export type VpcConfig = z.output<typeof vpcSchema>;

/** A hosted zone of Route 53. */
const hostedZoneId = text(
  /^Z[A-Z0-9]+$/,
  rule('A hosted zone is given by its ID', 'Write an ID such as Z0123456789ABCDEFGHIJ'),
);

/** Where the host name is kept. */
export const dnsSchema = kinds('DNS is of kind', {
  'hosted-zone': {
    hostedZoneId,
    zoneName: text(
      /^[a-z0-9.-]+[a-z0-9]$/,
      rule('A zone name is a domain without the final dot', 'Write a name such as example.org'),
    ),
  },
  outside: {},
});
export type DnsConfig = z.output<typeof dnsSchema>;

/** The certificate of the host name: made, imported, or what an imported listener has already. */
export const certificateSchema = kinds('A certificate is of kind', {
  create: {},
  import: {
    arn: arn(
      'acm',
      'certificate/[0-9a-f-]+',
      rule('A certificate is given by its ACM ARN', 'Write arn:aws:acm:<region>:<account>:certificate/<id>'),
    ),
  },
  listener: {},
});

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
      /** Address ranges that may connect, in addition to the VPC: a VPN, an office, peered networks. */
      clientCidrs: z.array(cidr, rule('Client ranges are a list', "Write a list such as ['10.8.0.0/16']")).default([]),
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
