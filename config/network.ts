import { z } from 'zod';
import { rule, section, text, whole } from './rules.ts';

/** A range of addresses. */
export const cidr = text(
  /^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/,
  rule('An address range is written as IPv4 CIDR', 'Write a range such as 10.0.0.0/16'),
);
const availabilityZones = z
  .array(
    text(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, rule('A zone is written with its region', 'Write a zone such as us-east-1a')),
  )
  .min(2, rule('A load balancer needs two zones', 'List at least two availability zones of the region'));
const subnetIds = z
  .array(
    text(/^subnet-[0-9a-f]+$/, rule('A subnet is given by its ID', 'Write an ID such as subnet-0123456789abcdef0')),
  )
  .min(2, rule('A load balancer needs two zones', 'List one subnet for each availability zone, in the same order'));

const createdVpc = section({
  kind: z.literal('create'),
  cidr: cidr.default('10.0.0.0/16'),
  /** Listed, not counted: looking them up would need the network, and the account's order may change under a stack. */
  availabilityZones,
  /** 1 costs least; as many as zones survive the loss of a zone. */
  natGateways: whole(
    1,
    6,
    rule('Tasks in private subnets reach AWS through a NAT gateway', 'Write 1, or one for each zone'),
  ).default(1),
});

const importedVpc = section({
  kind: z.literal('import'),
  vpcId: text(/^vpc-[0-9a-f]+$/, rule('A VPC is given by its ID', 'Write an ID such as vpc-0123456789abcdef0')),
  cidr,
  availabilityZones,
  privateSubnetIds: subnetIds,
  /** Needed for an internet-facing load balancer that is made here only. */
  publicSubnetIds: subnetIds.optional(),
});

/** The network: made, or given by its attributes. */
export const vpcSchema = z.discriminatedUnion(
  'kind',
  [createdVpc, importedVpc],
  rule("A VPC is of kind 'create' or 'import'", "Write { kind: 'create', … } or { kind: 'import', vpcId: …, … }"),
);
export type VpcConfig = z.output<typeof vpcSchema>;
