/**
 * What Foundation provides to the other stacks. Each value is an SSM parameter that they name as a template parameter, so that
 * CloudFormation reads it when they are deployed.
 *
 * That is the weakest kind of reference. An export cannot change while an older revision uses it, and an output that CDK creates for a
 * reference disappears with its last consumer in the *new* code, although an older Services template may be deployed again later. These
 * names are fixed, so they stay.
 *
 * A value may be added at any time. Changing its meaning or removing it requires a new version: an older Services template then finds no
 * parameters and fails before it changes anything.
 */
export const CONTRACT_VERSION = 1;

/** The values, by the last part of the parameter's name, with their meaning. */
export const FOUNDATION_VALUES = {
  'vpc-id': 'VPC of the load balancer and the tasks',
  'private-subnet-ids': 'Private subnets, one in each availability zone, joined by commas',
  'listener-arn': 'HTTPS listener that listener rules are added to',
  'load-balancer-security-group-id': 'Security group that requests to the tasks come from',
  'load-balancer-dns-name': 'Name of the load balancer, which answers before public DNS does',
  'encryption-key-arn': 'KMS key of the signing secret and the key set',
  'catalog-log-group': 'Log group of the catalog tasks',
  'mcp-log-group': 'Log group of the MCP tasks',
  'state-table-name': 'DynamoDB table with deploy lock, revisions, rotation and reports',
  'revision-bucket-name': 'S3 bucket with the Services template of every revision',
} as const;

export type FoundationValue = keyof typeof FOUNDATION_VALUES;

/** The SSM parameter of a value. */
export function foundationParameterName(namePrefix: string, value: FoundationValue): string {
  return `/${namePrefix}/foundation/v${CONTRACT_VERSION}/${value}`;
}
