import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import type { Phase, Progress } from '../../contract/rotation.ts';
import { rotationStateMachineArn, rotationStateMachineName } from '../names.ts';
import { acceptWildcard, allow } from '../permissions.ts';

interface RotationMachineProps {
  readonly config: EnvironmentConfig;
  /** The function to call. */
  readonly rotation: IFunction;
}

/** The state machine that calls the rotation function. Its definition is a text: the L2 task also allows every version. */
export class RotationMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { config, rotation }: RotationMachineProps) {
    super(scope, id);
    const name = rotationStateMachineName(config);
    const role = this.role(config);
    allow(role, ['lambda:InvokeFunction'], [rotation.functionArn]);
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: name,
      stateMachineType: StateMachineType.STANDARD,
      comment: 'Rotates, repairs and revokes the shared secret',
      definitionBody: DefinitionBody.fromString(Stack.of(this).toJsonString(rotationDefinition(rotation.functionArn))),
      role,
      logs: {
        destination: new LogGroup(this, 'Logs', {
          // With this prefix, the account's policy for log deliveries does not grow with every state machine.
          // https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
          logGroupName: `/aws/vendedlogs/states/${name}`,
          retention: config.logRetentionDays,
          // The chosen name would block the next deployment; the rotation function's own log is kept.
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        // Parameter names, key IDs and messages: no secret passes through the state machine.
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
    acceptWildcard(
      role,
      '*',
      'Log deliveries and X-Ray traces know no resource that could be named (the logging and tracing policies of the Step Functions guide allow the same).',
    );
    return role;
  }
}

/** A grace time lasts at most a day; the rest is for rollouts and retries. The pace of calls depends on it. */
const MACHINE_TIMEOUT = Duration.days(3);
/** Longer than the function timeout: never waits forever for a lost response. */
const CALL_TIMEOUT = Duration.minutes(5);

/** What each phase waits for; a state has its name, so that the console shows the phase of a rotation. */
const WAITS: Readonly<Record<Phase, string>> = {
  createSecret: 'MCP is being replaced, to accept the next key too',
  testSecret: 'Tokens of both keys are tried on every task',
  finishSecret: 'The catalog is being replaced, to sign with the next key',
  grace: 'Tokens of the key before are running out',
  retireSecret: 'Both services are being replaced, to know the next key only',
  repair: 'Both services are being replaced, after a value was put back',
  revokeSecret: 'Both services are being replaced, to know the new key only',
  idle: 'Nothing has begun yet',
};

/**
 * The state machine in Amazon States Language. It has no rotation logic: it calls the function, waits as long as the response says, and
 * calls again. The function's response is its whole state.
 *
 * @param functionArn - the rotation function
 */
export function rotationDefinition(functionArn: string): object {
  return {
    Comment: 'Calls the rotation function until it says that it is done',
    StartAt: 'Advance',
    TimeoutSeconds: MACHINE_TIMEOUT.toSeconds(),
    States: {
      Advance: advance(functionArn),
      Result: {
        Type: 'Choice',
        Choices: [on('wait', 'Phase'), on('done', 'Done'), on('refused', 'Refused'), on('failed', 'Failed')],
      },
      Phase: {
        Type: 'Choice',
        Choices: Object.keys(WAITS).map((phase) => ({ Variable: '$.phase', StringEquals: phase, Next: phase })),
      },
      ...Object.fromEntries(Object.entries(WAITS).map(([phase, comment]) => [phase, wait(comment)])),
      Done: { Type: 'Succeed' },
      Refused: { Type: 'Succeed', Comment: 'Nothing of what was asked was done, and the answer says why' },
      Failed: { Type: 'Fail', ErrorPath: '$.code', CausePath: '$.message' },
    },
  };
}

function advance(functionArn: string): object {
  return {
    Type: 'Task',
    Comment: 'One call of the rotation function',
    Resource: functionArn,
    Parameters: { 'execution.$': '$$.Execution.Id', 'command.$': '$$.Execution.Input', 'progress.$': '$' },
    TimeoutSeconds: CALL_TIMEOUT.toSeconds(),
    Retry: [
      {
        // The function runs one call at a time, so that it is the only writer; another execution is being served.
        ErrorEquals: ['Lambda.TooManyRequestsException'],
        IntervalSeconds: 2,
        BackoffRate: 1.5,
        MaxDelaySeconds: 30,
        MaxAttempts: 200,
        JitterStrategy: 'FULL',
      },
      // Whatever failed, the next call continues from the record.
      { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 6 },
    ],
    Next: 'Result',
  };
}

function on(result: Progress['result'], next: string): object {
  return { Variable: '$.result', StringEquals: result, Next: next };
}

function wait(comment: string): object {
  return { Type: 'Wait', Comment: comment, SecondsPath: '$.seconds', Next: 'Advance' };
}
