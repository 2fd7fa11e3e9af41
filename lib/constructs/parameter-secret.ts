import { Secret } from 'aws-cdk-lib/aws-ecs';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { SecretParameter } from '../secret-parameters.ts';

/**
 * A secret of a container, by `valueFrom`. Adding one to a container grants nothing: `Secret.fromSsmParameter` would grant
 * `ssm:GetParameterHistory` too, so the execution role gets its permissions from `allowReading`.
 */
export class ParameterSecret extends Secret {
  readonly arn: string;
  readonly hasField = false;

  constructor({ arn }: SecretParameter) {
    super();
    this.arn = arn;
  }

  override grantRead(grantee: IGrantable): Grant {
    return Grant.drop(grantee, 'granted by allowReading');
  }
}
