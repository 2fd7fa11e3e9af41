import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { AWS_CLIENT_OPTIONS } from '../../../aws/client-options.ts';
import { isRunning } from '../../../aws/execution.ts';
import { isOver, readStackStatus } from '../../../aws/stack.ts';
import type { Ports } from '../ports.ts';
import type { RotationSettings } from '../settings.ts';
import { awsCall } from './call.ts';
import { parameterPort } from './parameters.ts';
import { countRefused, findTasksAccepting, runCanary } from './probes.ts';
import { report } from './report.ts';
import { servicePort } from './services.ts';
import { StateTable } from './state-table.ts';

/** The function timeout of the canary. */
const CANARY_MS = 95_000;

const clients = {
  ssm: new SSMClient(AWS_CLIENT_OPTIONS),
  ecs: new ECSClient(AWS_CLIENT_OPTIONS),
  dynamodb: new DynamoDBClient(AWS_CLIENT_OPTIONS),
  cloudformation: new CloudFormationClient(AWS_CLIENT_OPTIONS),
  sfn: new SFNClient(AWS_CLIENT_OPTIONS),
  logs: new CloudWatchLogsClient(AWS_CLIENT_OPTIONS),
  lambda: new LambdaClient({
    ...AWS_CLIENT_OPTIONS,
    // No retry: a second canary run would exceed the function's time.
    maxAttempts: 1,
    requestHandler: { ...AWS_CLIENT_OPTIONS.requestHandler, requestTimeout: CANARY_MS },
  }),
};

/**
 * The ports of a deployed rotation.
 *
 * @param abortSignal - aborts every call when the time of the function is over: an abandoned call must not write later
 */
export function awsPorts(settings: RotationSettings, abortSignal: AbortSignal): Ports {
  const table = new StateTable({ dynamodb: clients.dynamodb, table: settings.stateTable, abortSignal });
  const services = servicePort(clients.ecs, settings, abortSignal);
  return {
    parameters: parameterPort(clients.ssm, settings, abortSignal),
    names: { secret: settings.secretParameter, keySet: settings.keySetParameter },
    records: table.records,
    lock: table.lock,
    services,
    isRunning: (execution) => awsCall('states:DescribeExecution', isRunning(clients.sfn, execution, abortSignal)),
    stackInProgress: async (stack = settings.servicesStack) => {
      const status = readStackStatus(clients.cloudformation, stack, abortSignal);
      return !isOver(await awsCall('cloudformation:DescribeStacks', status));
    },
    runCanary: () => runCanary(clients.lambda, settings.canaryFunction, abortSignal),
    findTasksAccepting: async (token) => {
      const { tasks } = await services.look('mcp');
      const running = tasks.filter(({ status }) => status === 'RUNNING').length;
      return findTasksAccepting(token, running, settings, abortSignal);
    },
    longestLifetime: (from, to) => table.longestLifetime(from, to),
    countRefused: (since) => countRefused(clients.logs, settings.mcpLogGroup, since, abortSignal),
    timing: settings,
    environment: settings.environment,
    now: () => Date.now(),
    report: (event) => report(settings.deployment, event),
  };
}
