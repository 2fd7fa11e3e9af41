import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { schedulerPrincipal } from '../scheduler-principal.ts';

/** A check that came late says nothing that the next one does not say. */
const RETRY = { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 };

/** Has the canary check by itself, again and again. Written as CloudFormation has it: the L2 target also allows every version. */
export class CanarySchedule extends Construct {
  constructor(scope: Construct, id: string, canary: IFunction, everyMinutes: number) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      description: 'EventBridge Scheduler invokes the canary with it',
      assumedBy: schedulerPrincipal(this),
    });
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [canary.functionArn] }));
    const schedule = new CfnSchedule(this, 'Schedule', {
      description: 'Has the canary check both services',
      scheduleExpression: `rate(${everyMinutes} ${everyMinutes === 1 ? 'minute' : 'minutes'})`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: canary.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify({ trigger: 'schedule' }),
        retryPolicy: RETRY,
      },
    });
    schedule.node.addDependency(role);
  }
}
