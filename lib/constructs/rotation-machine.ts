import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { rotationStateMachineArn, rotationStateMachineName } from '../names.ts';
import { rotationDefinition } from './rotation-definition.ts';

export interface RotationMachineProps {
  readonly config: EnvironmentConfig;
  /** The function that it calls. */
  readonly rotation: IFunction;
}

/** The state machine that drives the rotation function. Its definition is a text: the L2 task also allows every version. */
export class RotationMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { config, rotation }: RotationMachineProps) {
    super(scope, id);
    const name = rotationStateMachineName(config);
    const role = this.role(config);
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [rotation.functionArn] }));
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: name,
      stateMachineType: StateMachineType.STANDARD,
      comment: 'Rotates, repairs and revokes the shared secret',
      definitionBody: DefinitionBody.fromString(Stack.of(this).toJsonString(rotationDefinition(rotation.functionArn))),
      role,
      logs: {
        destination: new LogGroup(this, 'Logs', {
          // Under this path the account's policy of log deliveries does not grow with every state machine.
          // https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
          logGroupName: `/aws/vendedlogs/states/${name}`,
          retention: config.logRetentionDays,
          // A chosen name, which would be in the way of the next deployment; the rotation function's own log stays.
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        // Names of parameters, key IDs and messages for people: no secret passes through the state machine.
        includeExecutionData: true,
      },
      tracingEnabled: true,
    });
  }

  /** https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html#prevent-cross-service-confused-deputy */
  private role(config: EnvironmentConfig): Role {
    const role = new Role(this, 'Role', {
      description: `The state machine ${rotationStateMachineName(config)} calls the rotation function with it`,
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': config.account },
          ArnLike: { 'aws:SourceArn': rotationStateMachineArn(config) },
        },
      }),
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'Log deliveries and X-Ray traces know no resource that could be named (the logging and tracing policies of the Step Functions guide allow the same).',
    });
    return role;
  }
}
