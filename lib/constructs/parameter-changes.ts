import { Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import type { Command } from '../../contract/rotation.ts';
import { parameterChangeRuleName } from '../names.ts';
import { allow } from '../permissions.ts';

const REPAIR: Command = { command: 'repair', trigger: 'event' };

interface ParameterChangesProps {
  readonly config: EnvironmentConfig;
  readonly machine: IStateMachine;
}

/**
 * Starts a check of the two parameters within seconds of every write and deletion. The event does not name the writer, so the rotation's
 * own writes start one too; values that match the record are left alone. Events are best effort: the canary also checks.
 */
export class ParameterChanges extends Construct {
  constructor(scope: Construct, id: string, { config, machine }: ParameterChangesProps) {
    super(scope, id);
    const name = parameterChangeRuleName(config);
    const role = this.role(name);
    allow(role, ['states:StartExecution'], [machine.stateMachineArn]);
    const rule = new CfnRule(this, 'Rule', {
      name,
      description: 'Has a changed signing secret or key set compared with what is recorded',
      eventPattern: {
        source: ['aws.ssm'],
        'detail-type': ['Parameter Store Change'],
        detail: { name: [config.signingSecretParameter, config.keySetParameter] },
      },
      targets: [{ id: 'Rotation', arn: machine.stateMachineArn, roleArn: role.roleArn, input: JSON.stringify(REPAIR) }],
    });
    rule.node.addDependency(role);
  }

  /** https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html */
  private role(ruleName: string): Role {
    const stack = Stack.of(this);
    return new Role(this, 'Role', {
      description: 'EventBridge starts repairs of the secret parameters with it',
      assumedBy: new ServicePrincipal('events.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': stack.account,
            'aws:SourceArn': stack.formatArn({ service: 'events', resource: 'rule', resourceName: ruleName }),
          },
        },
      }),
    });
  }
}
