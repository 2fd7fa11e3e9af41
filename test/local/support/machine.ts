import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { until } from './until.ts';

const ROLE = 'arn:aws:iam::000000000000:role/test';

/** A Lambda function for a template, with its source in it. */
export function inlineFunction(name: string, source: string, more: object = {}): object {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: name,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: ROLE,
      Timeout: 60,
      Code: { ZipFile: source },
      ...more,
    },
  };
}

/** A state machine for a template. `states` may hold references, as `Fn::Sub` writes them. */
export function stateMachine(name: string, startAt: string, states: object): object {
  const definition = JSON.stringify({ StartAt: startAt, States: states });
  return {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: { StateMachineName: name, RoleArn: ROLE, DefinitionString: { 'Fn::Sub': definition } },
  };
}

/** How an execution ended. */
export function executionEnd(client: SFNClient, executionArn: string | undefined) {
  return until('the execution has ended', async () => {
    const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
    return execution.status !== 'RUNNING' && execution;
  });
}
