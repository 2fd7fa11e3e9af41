import { CfnParameter } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { FOUNDATION_VALUES, type FoundationValue, foundationParameterName } from './foundation-values.ts';

export { CONTRACT_VERSION, type FoundationValue, foundationParameterName } from './foundation-values.ts';

/** Foundation's side of the contract. */
export class PublishedFoundation extends Construct {
  /** @param values - all values; a missing one does not compile */
  constructor(scope: Construct, id: string, namePrefix: string, values: Readonly<Record<FoundationValue, string>>) {
    super(scope, id);
    for (const [value, description] of entriesOf(FOUNDATION_VALUES)) {
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
      description: FOUNDATION_VALUES[value],
    });
    this.#read.set(value, parameter);
    return parameter.valueAsString;
  }

  /** Every value that the stack reads. A changed value changes the stack, although its template stays the same. */
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
