import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.ts';

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

/** The secret parameters of an environment, as the stack of `scope` addresses them. */
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
 * Allows a role to read both parameters as they are now.
 *
 * Written by hand because `grantRead` of a CDK parameter also allows `ssm:GetParameterHistory`, which shows retired secrets.
 */
export function allowReading(role: Role, parameters: SecretParameters, encryptionKeyArn: string): void {
  role.addToPolicy(new PolicyStatement({ actions: ['ssm:GetParameters'], resources: arnsOf(parameters) }));
  role.addToPolicy(keyStatement(role, parameters, { actions: ['kms:Decrypt'], resources: [encryptionKeyArn] }));
}

/** ARNs of both parameters. */
export function arnsOf({ signingSecret, keySet }: SecretParameters): string[] {
  return [signingSecret.arn, keySet.arn];
}

/**
 * A statement about a key that holds for these two parameters only, and only through Parameter Store, which puts the
 * parameter's ARN into the encryption context.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
 */
export function keyStatement(
  scope: Construct,
  parameters: SecretParameters,
  { actions, resources }: { readonly actions: string[]; readonly resources: string[] },
): PolicyStatement {
  return new PolicyStatement({
    actions,
    resources,
    conditions: {
      StringEquals: { ...throughParameterStore(scope), [PARAMETER]: arnsOf(parameters) },
    },
  });
}

/**
 * Allows a role to decrypt both parameters whatever key of the account and region they are under, which their ciphertext
 * knows and no template does.
 *
 * @param reason - why the key is not known; kept with the finding of cdk-nag
 */
export function allowDecryptingUnderAnyKey(role: Role, parameters: SecretParameters, reason: string): void {
  const anyKey = Stack.of(role).formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
  role.addToPolicy(keyStatement(role, parameters, { actions: ['kms:Decrypt'], resources: [anyKey] }));
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${anyKey}]`,
    reason: `${reason} The conditions allow these two parameters through Parameter Store only.`,
  });
}

/**
 * Allows a role to read and delete what people leave below a path: written under the given key, or under `aws/ssm`, which
 * needs no permission of the role's.
 *
 * @param path - with its final slash
 */
export function allowTakingIncoming(role: Role, path: string, encryptionKeyArn: string): void {
  const incoming = Stack.of(role).formatArn({ service: 'ssm', resource: `parameter${path}*` });
  role.addToPolicy(
    new PolicyStatement({ actions: ['ssm:GetParameters', 'ssm:DeleteParameter'], resources: [incoming] }),
  );
  role.addToPolicy(
    new PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [encryptionKeyArn],
      conditions: { StringEquals: throughParameterStore(role), StringLike: { [PARAMETER]: incoming } },
    }),
  );
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${incoming}]`,
    reason: 'Whoever leaves a secret there gives it its name; the path is used for nothing else.',
  });
}

const PARAMETER = 'kms:EncryptionContext:PARAMETER_ARN';

function throughParameterStore(scope: Construct): Record<string, string> {
  const { region } = Stack.of(scope);
  return { 'kms:ViaService': `ssm.${region}.${RegionInfo.get(region).domainSuffix}` };
}
