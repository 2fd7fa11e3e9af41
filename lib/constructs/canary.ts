import { Duration, Size } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import * as variables from '../../contract/function-variables.ts';
import type { FoundationReader } from '../foundation-contract.ts';
import { canaryFunctionName, clusterName, rotationStateMachineArn, serviceName } from '../names.ts';
import { allow, allowState, serviceArns } from '../permissions.ts';
import { allowReading, secretParameters } from '../secret-parameters.ts';
import { BundledFunction } from './bundled-function.ts';
import { clientNetwork } from './network.ts';
import { Schedule } from './schedule.ts';

/** No retries: the next run on schedule finds the same. */
const RETRY = { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 };
/** The checks end after 60 s, so that the report is complete before the function times out. */
const TIMEOUT = Duration.seconds(90);

interface CanaryProps {
  readonly config: EnvironmentConfig;
  readonly foundation: FoundationReader;
}

/**
 * The canary: a real MCP client with its own token. It runs in the clients' network: outside of the VPC for an internet-facing load
 * balancer, in private subnets for an internal one.
 */
export class Canary extends Construct {
  readonly function: IFunction;

  constructor(scope: Construct, id: string, { config, foundation }: CanaryProps) {
    super(scope, id);
    const parameters = secretParameters(this, config);
    const network = clientNetwork(this, config, foundation, 'Canary');
    const { function: canary, role } = new BundledFunction(this, 'Canary', {
      folder: 'canary',
      functionName: canaryFunctionName(config),
      description: 'Asks both services as an MCP client would and reports what is wrong',
      timeout: TIMEOUT,
      memory: Size.mebibytes(512),
      logRetentionDays: config.logRetentionDays,
      environment: {
        [variables.CANARY_URL]: config.publicUrl,
        [variables.CANARY_SECRET_PARAMETER]: parameters.signingSecret.name,
        [variables.CANARY_KEY_SET_PARAMETER]: parameters.keySet.name,
        [variables.CANARY_CLUSTER]: clusterName(config),
        [variables.CANARY_MCP_SERVICE]: serviceName(config, 'mcp'),
        [variables.CANARY_CATALOG_SERVICE]: serviceName(config, 'catalog'),
        [variables.CANARY_MCP_PATH]: config.services.mcp.path,
        [variables.CANARY_BUCKETS]: JSON.stringify(config.canary.buckets),
        [variables.CANARY_STATE_TABLE]: foundation.get('state-table-name'),
        [variables.CANARY_TOLERATED]: JSON.stringify(config.canary.tolerate),
        // By name: the rotation is created with the canary's function.
        [variables.CANARY_STATE_MACHINE]: rotationStateMachineArn(config),
        ...(config.canary.connect === 'load-balancer' && {
          [variables.CANARY_CONNECT_HOST]: foundation.get('load-balancer-dns-name'),
        }),
      },
      ...(network && { network }),
    });
    // The scheduler invokes asynchronously, and Lambda would repeat a failed run twice.
    canary.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.seconds(60) });
    allowReading(role, parameters, foundation.get('encryption-key-arn'));
    allow(role, ['ecs:DescribeServices'], serviceArns(this, config));
    allowState(role, foundation, ['PutItem'], ['canary']);
    allowState(role, foundation, ['GetItem'], ['rotation']);
    allowState(role, foundation, ['Query'], ['revision']);
    allow(role, ['states:StartExecution'], [rotationStateMachineArn(config)]);
    const { everyMinutes } = config.canary;
    new Schedule(this, 'Schedule', {
      description: 'Has the canary check both services',
      roleDescription: 'EventBridge Scheduler invokes the canary with it',
      expression: `rate(${everyMinutes} ${everyMinutes === 1 ? 'minute' : 'minutes'})`,
      target: { arn: canary.functionArn, action: 'lambda:InvokeFunction', input: { trigger: 'schedule' } },
      retryPolicy: RETRY,
    });
    this.function = canary;
  }
}
