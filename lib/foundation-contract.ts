import { CfnParameter } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';

/**
 * What Foundation promises to the stacks above it. Each value is an SSM parameter that the other stacks name as a template
 * parameter, so that CloudFormation reads it when they are deployed.
 *
 * That is the weakest reference there is. An export could not be changed while an older revision uses it, and an output that
 * CDK makes for a reference disappears with the last consumer in the *new* code, although an older Services template may
 * have to be deployed again tomorrow. These names are written down, so that they stay.
 *
 * A value may be added at any time. One that changes its meaning or goes away makes a new version: an older Services
 * template then finds no parameters and fails before it changes anything.
 */
export const CONTRACT_VERSION = 1;

/** The values, by the last part of the parameter's name, with what they are. */
const VALUES = {
  'vpc-id': 'VPC of the load balancer and the tasks',
  'private-subnet-ids': 'Private subnets, one in each availability zone, joined by commas',
  'listener-arn': 'HTTPS listener that listener rules are added to',
  'load-balancer-security-group-id': 'Security group that requests to the tasks come from',
  'load-balancer-dns-name': 'Name of the load balancer, which answers before public DNS does',
  'encryption-key-arn': 'KMS key of the signing secret and the key set',
  'catalog-log-group': 'Log group of the catalog tasks',
  'mcp-log-group': 'Log group of the MCP tasks',
  'state-table-name': 'DynamoDB table with deploy lock, revisions, rotation and reports',
} as const;

export type FoundationValue = keyof typeof VALUES;

/** The SSM parameter of a value. */
export function foundationParameterName(namePrefix: string, value: FoundationValue): string {
  return `/${namePrefix}/foundation/v${CONTRACT_VERSION}/${value}`;
}

/** Foundation's side of the contract. */
export class PublishedFoundation extends Construct {
  /** @param values - all values; a missing one does not compile */
  constructor(scope: Construct, id: string, namePrefix: string, values: Readonly<Record<FoundationValue, string>>) {
    super(scope, id);
    for (const [value, description] of entriesOf(VALUES)) {
      new StringParameter(this, logicalId(value), {
        parameterName: foundationParameterName(namePrefix, value),
        stringValue: values[value],
        description,
      });
    }
  }
}

/** The other stacks' side of the contract. */
export class FoundationReader {
  readonly #read = new Map<FoundationValue, CfnParameter>();
  readonly #scope: Construct;
  readonly #namePrefix: string;

  /** @param stack - the stack whose template gets the parameters */
  constructor(stack: Construct, namePrefix: string) {
    this.#scope = stack;
    this.#namePrefix = namePrefix;
  }

  /** The value at deployment. */
  get(value: FoundationValue): string {
    const known = this.#read.get(value);
    if (known) return known.valueAsString;
    const parameter = new CfnParameter(this.#scope, logicalId(value), {
      type: 'AWS::SSM::Parameter::Value<String>',
      default: foundationParameterName(this.#namePrefix, value),
      description: VALUES[value],
    });
    this.#read.set(value, parameter);
    return parameter.valueAsString;
  }

  /** Every value that the stack reads. A change of one changes the stack, although its template stays the same. */
  all(): readonly string[] {
    return [...this.#read.values()].map((parameter) => parameter.valueAsString);
  }
}

function entriesOf<Key extends string, Value>(record: Readonly<Record<Key, Value>>): [Key, Value][] {
  return Object.entries(record) as [Key, Value][];
}

/** `vpc-id` is not allowed as a logical ID, `VpcId` is. */
function logicalId(value: FoundationValue): string {
  return value.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
