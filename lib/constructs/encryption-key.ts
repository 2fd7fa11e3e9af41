import { RemovalPolicy } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { encryptionKeyAlias } from '../names.ts';

/**
 * The customer-managed key of the secret parameters: `aws/ssm` would let every principal of the account decrypt them that
 * may read parameters.
 *
 * The key outlives its stack, as the parameters do, or they could never be read again. Its alias does not: the next
 * deployment gives it to a new key, under which the parameters are then written again (see `SharedSecret`).
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
