import { Duration, Size } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type EnvironmentConfig, incomingPath } from '../../config/schema.ts';
import * as variables from '../../contract/function-variables.ts';
import type { Command } from '../../contract/rotation.ts';
import type { FoundationReader } from '../foundation-contract.ts';
import { canaryFunctionName, clusterName, rotationFunctionName, serviceName, stackName } from '../names.ts';
import { BundledFunction } from './bundled-function.ts';
import { clientNetwork } from './network.ts';
import { ParameterChanges } from './parameter-changes.ts';
import { RotationMachine } from './rotation-machine.ts';
import { allowRotation } from './rotation-permissions.ts';
import { Schedule } from './schedule.ts';

/** The input of the schedule. */
const ROTATE: Command = { command: 'rotate', trigger: 'schedule' };
/** The next run is an hour later. */
const RETRY = { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 900 };
/** One step with its canary run (90 s); the state machine waits a minute longer. */
const TIMEOUT = Duration.minutes(4);

export interface RotationProps {
  /** The deployment's name in the configuration. */
  readonly environmentName: string;
  readonly config: EnvironmentConfig;
  readonly foundation: FoundationReader;
  readonly canary: IFunction;
}

/**
 * The rotation of the shared secret: a function with every step, a state machine that calls it until it is done, and the events that
 * start the state machine: a schedule and a write of a parameter. The canary and people start it too.
 */
export class Rotation extends Construct {
  constructor(scope: Construct, id: string, props: RotationProps) {
    super(scope, id);
    const { config, foundation, canary } = props;
    const network = clientNetwork(this, config, foundation, 'Rotation');
    const { function: rotation, role } = new BundledFunction(this, 'Function', {
      folder: 'rotation',
      functionName: rotationFunctionName(config),
      description: 'Rotates, repairs and revokes the shared secret, one step at a time',
      timeout: TIMEOUT,
      memory: Size.mebibytes(512),
      logRetentionDays: config.logRetentionDays,
      // Parameter Store has no conditional write; a single writer makes up for it.
      reservedConcurrency: 1,
      environment: this.environment(props),
      ...(network && { network }),
    });
    allowRotation(role, { config, foundation, canary });
    const { machine } = new RotationMachine(this, 'StateMachine', { config, rotation });
    // The function decides by the age of the secret whether a rotation is due: one that a deploy delays is retried an hour later, and a
    // manual one counts.
    new Schedule(this, 'Schedule', {
      description: 'Starts a rotation of the shared secret, which proceeds if it is due',
      roleDescription: 'EventBridge Scheduler starts rotations with it',
      expression: 'rate(1 hour)',
      state: config.rotation.paused ? 'DISABLED' : 'ENABLED',
      target: { arn: machine.stateMachineArn, action: 'states:StartExecution', input: ROTATE },
      retryPolicy: RETRY,
    });
    new ParameterChanges(this, 'ParameterChanges', { config, machine });
  }

  private environment({ environmentName, config, foundation }: RotationProps): Record<string, string> {
    return {
      [variables.ROTATION_ENVIRONMENT]: environmentName,
      [variables.ROTATION_DEPLOYMENT]: config.namePrefix,
      [variables.ROTATION_SECRET_PARAMETER]: config.signingSecretParameter,
      [variables.ROTATION_KEY_SET_PARAMETER]: config.keySetParameter,
      [variables.ROTATION_ENCRYPTION_KEY]: foundation.get('encryption-key-arn'),
      [variables.ROTATION_INCOMING_PATH]: incomingPath(config),
      [variables.ROTATION_STATE_TABLE]: foundation.get('state-table-name'),
      [variables.ROTATION_CLUSTER]: clusterName(config),
      [variables.ROTATION_MCP_SERVICE]: serviceName(config, 'mcp'),
      [variables.ROTATION_CATALOG_SERVICE]: serviceName(config, 'catalog'),
      [variables.ROTATION_CANARY_FUNCTION]: canaryFunctionName(config),
      [variables.ROTATION_SERVICES_STACK]: stackName(config, 'services'),
      [variables.ROTATION_MCP_LOG_GROUP]: foundation.get('mcp-log-group'),
      [variables.ROTATION_URL]: config.publicUrl,
      ...(config.canary.connect === 'load-balancer' && {
        [variables.ROTATION_CONNECT_HOST]: foundation.get('load-balancer-dns-name'),
      }),
      [variables.ROTATION_MCP_PATH]: config.services.mcp.path,
      [variables.ROTATION_TOKEN_LIFETIME_SECONDS]: String(config.tokenLifetimeSeconds),
      [variables.ROTATION_TOKEN_LEEWAY_SECONDS]: String(config.tokenLeewaySeconds),
      [variables.ROTATION_EVERY_DAYS]: String(config.rotation.everyDays),
      [variables.ROTATION_ROLL_OUT_SECONDS]: String(config.rotation.rollOutMinutes * 60),
    };
  }
}
