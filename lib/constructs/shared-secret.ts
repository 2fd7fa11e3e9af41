import { CustomResource, Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { encryptionKeyAlias } from '../names.ts';
import { allow } from '../permissions.ts';
import { allowDecryptingUnderAnyKey, allowKey, arnsOf, type SecretParameters } from '../secret-parameters.ts';
import { BundledFunction } from './bundled-function.ts';

interface SharedSecretProps {
  readonly config: EnvironmentConfig;
  readonly parameters: SecretParameters;
  readonly encryptionKeyArn: string;
}

/** Four calls to Parameter Store and the response, each with its retries. */
const FUNCTION_TIMEOUT = Duration.seconds(90);
/** Lambda retries a failed asynchronous call twice, after one and two minutes; later there is no response. */
const SERVICE_TIMEOUT = Duration.minutes(8);

/**
 * The signing secret and the key set: a function creates or adopts them at the first deployment, encrypted under the given key, and
 * changes them again only if a name or the key changes. Both are kept when the stack is deleted.
 *
 * The function may decrypt these two parameters under *any* key of the account and region. This is needed to adopt parameters of
 * another writer, and to find them after the stack was deleted and deployed again: the retained key then has no alias, and no template
 * knows its ID, but the parameters' ciphertext does.
 */
export class SharedSecret extends Construct {
  constructor(scope: Construct, id: string, { config, parameters, encryptionKeyArn }: SharedSecretProps) {
    super(scope, id);
    const { function: maker, role } = new BundledFunction(this, 'Maker', {
      folder: 'secret-parameter',
      description: 'Makes or adopts the signing secret and its key set; no value leaves it',
      timeout: FUNCTION_TIMEOUT,
      memory: Size.mebibytes(256),
      logRetentionDays: config.logRetentionDays,
    });
    allow(role, ['ssm:GetParameters', 'ssm:PutParameter'], arnsOf(parameters));
    allowKey(role, parameters, 'kms:Encrypt', encryptionKeyArn);
    allowDecryptingUnderAnyKey(
      role,
      parameters,
      'Which key encrypts a parameter that is adopted, or that a deleted stack left behind, is not known.',
    );

    new CustomResource(this, 'Parameters', {
      resourceType: 'Custom::SharedSecret',
      serviceToken: maker.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      properties: {
        SecretParameterName: parameters.signingSecret.name,
        KeySetParameterName: parameters.keySet.name,
        EncryptionKeyArn: encryptionKeyArn,
        ...(config.adoptSecretDespite.length > 0 && { AdoptDespite: config.adoptSecretDespite }),
      },
    });
  }
}

/**
 * The customer-managed key of the secret parameters: under `aws/ssm`, every principal that may read parameters could decrypt them.
 *
 * The key outlives its stack, like the parameters, or they could never be read again. Its alias does not: the next deployment gives it
 * to a new key and encrypts the parameters under that one (see `SharedSecret`).
 */
export class EncryptionKey extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, config: EnvironmentConfig) {
    super(scope, id);
    if (config.encryptionKey.kind === 'import') {
      this.arn = config.encryptionKey.arn;
      return;
    }
    const key = new Key(this, 'Key', {
      description: `Signing secret and verification keys of ${config.namePrefix}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    key.addAlias(encryptionKeyAlias(config));
    this.arn = key.keyArn;
  }
}
