import { WEAKNESS_CODES, type WeaknessCode } from '../../auth/errors.ts';

/** The resource's properties, as the template writes them. */
export type SecretParameterProperties = {
  /** Name of the SSM parameter that holds the signing secret; the resource's physical ID. */
  readonly SecretParameterName: string;
  /** Name of the SSM parameter that holds the set of verification keys. */
  readonly KeySetParameterName: string;
  /** ARN of the KMS key (or of its alias) that both are encrypted under. */
  readonly EncryptionKeyArn: string;
  /** Weaknesses of an existing secret that do not prevent its adoption; none when left out. */
  readonly AdoptDespite?: readonly WeaknessCode[];
};

/** Where the parameters are and how they are encrypted: a change of one of these writes them again. */
export const PROPERTY_NAMES = ['SecretParameterName', 'KeySetParameterName', 'EncryptionKeyArn'] as const;
const OPTIONAL_NAME = 'AdoptDespite';

/** CloudFormation adds these to what the template says. */
const ADDED_BY_CLOUDFORMATION: ReadonlySet<string> = new Set(['ServiceToken', 'ServiceTimeout']);

// A full ARN or a selector (`name:2`) would be accepted by GetParameters and refused by PutParameter, half-way through.
const PARAMETER_NAME = /^(?:\/[A-Za-z0-9_.-]+)+$|^[A-Za-z0-9_.-]+$/;
const KEY_ARN = /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:(?:key|alias)\/[A-Za-z0-9/_-]+$/;

const RULES = {
  SecretParameterName: { pattern: PARAMETER_NAME, rule: 'the name of an SSM parameter, at most 1,011 characters' },
  KeySetParameterName: { pattern: PARAMETER_NAME, rule: 'the name of an SSM parameter, at most 1,011 characters' },
  EncryptionKeyArn: { pattern: KEY_ARN, rule: 'the ARN of a KMS key or alias' },
} as const;

/** Limit of a parameter's name: https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html */
const MAX_LENGTH = 1_011;

function propertyOf(properties: Readonly<Record<string, unknown>>, name: keyof typeof RULES): string {
  const value = properties[name];
  const { pattern, rule } = RULES[name];
  if (typeof value !== 'string' || value.length > MAX_LENGTH || !pattern.test(value)) {
    throw new Refusal(`Property ${name} must be ${rule}. Correct it in the template.`);
  }
  return value;
}

function weaknessesOf(value: unknown): readonly WeaknessCode[] {
  const listed: readonly unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [undefined];
  const codes = WEAKNESS_CODES.filter((code) => listed.includes(code));
  if (codes.length === listed.length) return codes;
  throw new Refusal(
    `Property ${OPTIONAL_NAME} must be a list of weaknesses, each once, of ${WEAKNESS_CODES.join(', ')}. Correct it in the template.`,
  );
}

/**
 * Checks the `ResourceProperties` of an event.
 *
 * @throws Refusal naming the property and the rule it breaks; unknown properties are refused, because a misspelt one would
 * otherwise be ignored.
 */
export function parseProperties(properties: Readonly<Record<string, unknown>>): SecretParameterProperties {
  const known: ReadonlySet<string> = new Set([...PROPERTY_NAMES, OPTIONAL_NAME]);
  const unknown = Object.keys(properties).filter((name) => !known.has(name) && !ADDED_BY_CLOUDFORMATION.has(name));
  if (unknown.length > 0) {
    throw new Refusal(`Unknown property ${unknown.join(', ')}. Known are ${[...known].join(', ')}.`);
  }
  const parsed = {
    SecretParameterName: propertyOf(properties, 'SecretParameterName'),
    KeySetParameterName: propertyOf(properties, 'KeySetParameterName'),
    EncryptionKeyArn: propertyOf(properties, 'EncryptionKeyArn'),
    AdoptDespite: weaknessesOf(properties[OPTIONAL_NAME]),
  };
  if (parsed.SecretParameterName === parsed.KeySetParameterName) {
    throw new Refusal(
      `SecretParameterName and KeySetParameterName are both ${parsed.SecretParameterName}. Name two different parameters.`,
    );
  }
  return parsed;
}

/**
 * The custom resource cannot do what is asked. Its message is written for the stack's events: what is wrong, where, what to
 * do, and never a value. No other error's message is ever shown (see `errorName`).
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
