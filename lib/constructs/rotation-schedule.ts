import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Command } from '../../contract/rotation.ts';
import { schedulerPrincipal } from '../scheduler-principal.ts';

const COMMAND: Command = { command: 'rotate', trigger: 'schedule' };

/** The next hour asks again. */
const RETRY = { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 900 };

export interface RotationScheduleProps {
  readonly machine: IStateMachine;
  readonly paused: boolean;
}

/**
 * Asks every hour for a rotation. Whether it is due, the function decides by the age of the secret: so a rotation that a
 * deploy was in the way of comes an hour later, and one by hand counts. Written as CloudFormation has it, as the canary's.
 */
export class RotationSchedule extends Construct {
  constructor(scope: Construct, id: string, { machine, paused }: RotationScheduleProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      description: 'EventBridge Scheduler starts rotations with it',
      assumedBy: schedulerPrincipal(this),
    });
    role.addToPolicy(new PolicyStatement({ actions: ['states:StartExecution'], resources: [machine.stateMachineArn] }));
    const schedule = new CfnSchedule(this, 'Schedule', {
      description: 'Asks for a rotation of the shared secret, which goes on when it is due',
      scheduleExpression: 'rate(1 hour)',
      flexibleTimeWindow: { mode: 'OFF' },
      state: paused ? 'DISABLED' : 'ENABLED',
      target: {
        arn: machine.stateMachineArn,
        roleArn: role.roleArn,
        input: JSON.stringify(COMMAND),
        retryPolicy: RETRY,
      },
    });
    schedule.node.addDependency(role);
  }
}
