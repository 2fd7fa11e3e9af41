import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { Canary } from '../constructs/canary.ts';
import { DeployGate } from '../constructs/deploy-gate.ts';
import { Rotation } from '../constructs/rotation.ts';
import { FoundationReader } from '../foundation-contract.ts';
import { rotationStateMachineArn } from '../names.ts';

export interface TrustStackProps extends StackProps {
  /** The deployment's name in the configuration. */
  readonly environmentName: string;
}

/** The functions that maintain the trust between both services. It never rolls back to an older version. */
export class TrustStack extends Stack {
  constructor(scope: Construct, id: string, config: EnvironmentConfig, props: TrustStackProps) {
    super(scope, id, props);
    const { environmentName } = props;
    const foundation = new FoundationReader(this, config.namePrefix);
    const { function: canary } = new Canary(this, 'Canary', { config, foundation });
    new Rotation(this, 'Rotation', { environmentName, config, foundation, canary });
    new DeployGate(this, 'DeployGate', { environmentName, config, foundation, canary });
    new CfnOutput(this, 'CanaryFunctionName', {
      value: canary.functionName,
      description: 'What `bin/quiltctl canary` invokes',
    });
    new CfnOutput(this, 'RotationStateMachineArn', {
      value: rotationStateMachineArn(config),
      description: 'What `bin/quiltctl rotate` starts',
    });
  }
}
