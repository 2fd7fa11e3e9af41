import { Stack } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.ts';
import { acceptWildcard, allow } from './permissions.ts';

const PARAMETER = 'kms:EncryptionContext:PARAMETER_ARN';

/** An SSM parameter whose value no template knows. */
export interface SecretParameter {
  readonly name: string;
  readonly arn: string;
}

/** The signing secret and the set of verification keys. */
export interface SecretParameters {
  readonly signingSecret: SecretParameter;
  readonly keySet: SecretParameter;
}

type Names = Pick<EnvironmentConfig, 'signingSecretParameter' | 'keySetParameter'>;

/** The secret parameters of an environment, for the stack of `scope`. */
export function secretParameters(
  scope: Construct,
  { signingSecretParameter, keySetParameter }: Names,
): SecretParameters {
  const parameter = (name: string): SecretParameter => ({
    name,
    // A name starts with the slash that separates it from the resource type.
    arn: Stack.of(scope).formatArn({ service: 'ssm', resource: `parameter${name}` }),
  });
  return { signingSecret: parameter(signingSecretParameter), keySet: parameter(keySetParameter) };
}

/**
 * Allows a role to read the current values of both parameters.
 *
 * Written by hand because `grantRead` of a CDK parameter also allows `ssm:GetParameterHistory`, which returns retired secrets.
 */
export function allowReading(role: Role, parameters: SecretParameters, encryptionKeyArn: string): void {
  allow(role, ['ssm:GetParameters'], arnsOf(parameters));
  allowKey(role, parameters, 'kms:Decrypt', encryptionKeyArn);
}

/** ARNs of both parameters. */
export function arnsOf({ signingSecret, keySet }: SecretParameters): string[] {
  return [signingSecret.arn, keySet.arn];
}

/**
 * Allows a role to use a key for these two parameters only, and only through Parameter Store, which puts the parameter's ARN
 * into the encryption context.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
 */
export function allowKey(
  role: Role,
  parameters: SecretParameters,
  action: 'kms:Decrypt' | 'kms:Encrypt',
  keyArn: string,
): void {
  allow(role, [action], [keyArn], {
    StringEquals: { ...throughParameterStore(role), [PARAMETER]: arnsOf(parameters) },
  });
}

/**
 * Allows a role to decrypt both parameters under any key of the account and region: their ciphertext names the key, but no template
 * does.
 *
 * @param reason - why the key is not known; recorded with the finding of cdk-nag
 */
export function allowDecryptingUnderAnyKey(role: Role, parameters: SecretParameters, reason: string): void {
  const anyKey = Stack.of(role).formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
  allowKey(role, parameters, 'kms:Decrypt', anyKey);
  acceptWildcard(role, anyKey, `${reason} The conditions allow these two parameters through Parameter Store only.`);
}

/**
 * Allows a role to read and delete parameters that people create under a path: encrypted under the given key, or under `aws/ssm`, which
 * requires no permission of the role.
 *
 * @param path - with its final slash
 */
export function allowTakingIncoming(role: Role, path: string, encryptionKeyArn: string): void {
  const incoming = Stack.of(role).formatArn({ service: 'ssm', resource: `parameter${path}*` });
  allow(role, ['ssm:GetParameters', 'ssm:DeleteParameter'], [incoming]);
  allow(role, ['kms:Decrypt'], [encryptionKeyArn], {
    StringEquals: throughParameterStore(role),
    StringLike: { [PARAMETER]: incoming },
  });
  acceptWildcard(role, incoming, 'A person chooses the name of the secret there; the path has no other use.');
}

function throughParameterStore(scope: Construct): Record<string, string> {
  const { region } = Stack.of(scope);
  return { 'kms:ViaService': `ssm.${region}.${RegionInfo.get(region).domainSuffix}` };
}
