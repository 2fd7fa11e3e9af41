import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { allow } from '../permissions.ts';

interface ScheduleProps {
  /** What the schedule does. */
  readonly description: string;
  readonly roleDescription: string;
  /** When, such as `rate(1 hour)`. */
  readonly expression: string;
  /** @default - enabled */
  readonly state?: 'ENABLED' | 'DISABLED';
  /** The target, and the only action on it that the schedule's role allows. */
  readonly target: { readonly arn: string; readonly action: string; readonly input: object };
  readonly retryPolicy: CfnSchedule.RetryPolicyProperty;
}

/** A schedule with its own role. An L1 construct, because the L2 target also allows every version of a function. */
export class Schedule extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { description, roleDescription, expression, state, target, retryPolicy }: ScheduleProps,
  ) {
    super(scope, id);
    const { arn, action, input } = target;
    const role = new Role(this, 'Role', { description: roleDescription, assumedBy: schedulerPrincipal(this) });
    allow(role, [action], [arn]);
    const schedule = new CfnSchedule(this, 'Schedule', {
      description,
      scheduleExpression: expression,
      flexibleTimeWindow: { mode: 'OFF' },
      ...(state && { state }),
      target: { arn, roleArn: role.roleArn, input: JSON.stringify(input), retryPolicy },
    });
    schedule.node.addDependency(role);
  }
}

/**
 * EventBridge Scheduler, only for schedules of this account, so that another customer's schedule cannot use a role (confused deputy).
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
 */
function schedulerPrincipal(scope: Construct): ServicePrincipal {
  const stack = Stack.of(scope);
  return new ServicePrincipal('scheduler.amazonaws.com', {
    conditions: {
      StringEquals: {
        'aws:SourceAccount': stack.account,
        'aws:SourceArn': stack.formatArn({
          service: 'scheduler',
          resource: 'schedule-group',
          resourceName: 'default',
        }),
      },
    },
  });
}
