import { Duration, Size } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../../config/schema.ts';
import * as variables from '../../contract/function-variables.ts';
import { REVISION_TEMPLATES } from '../../contract/revision.ts';
import { CONTRACT_VERSION, type FoundationReader } from '../foundation-contract.ts';
import { deployGateFunctionName } from '../names.ts';
import {
  acceptWildcard,
  allow,
  allowRotationStatus,
  allowServicesStackStatus,
  allowState,
  bucketArn,
  stackArn,
} from '../permissions.ts';
import { arnsOf, secretParameters } from '../secret-parameters.ts';
import { BundledFunction } from './bundled-function.ts';

/** One canary run and the calls around it; it responds within 155 s. */
const TIMEOUT = Duration.minutes(3);
/** An event must not be delivered after CloudFormation has stopped waiting for its response. */
const MAX_EVENT_AGE = Duration.minutes(5);

export interface DeployGateProps {
  /** The deployment's name in the configuration. */
  readonly environmentName: string;
  readonly config: EnvironmentConfig;
  readonly foundation: FoundationReader;
  readonly canary: IFunction;
}

/** The function of both custom resources in the Services stack: it admits a deploy and, at the end, decides on it. */
export class DeployGate extends Construct {
  constructor(scope: Construct, id: string, { environmentName, config, foundation, canary }: DeployGateProps) {
    super(scope, id);
    const parameters = secretParameters(this, config);
    const { function: gate, role } = new BundledFunction(this, 'Gate', {
      folder: 'deploy-gate',
      functionName: deployGateFunctionName(config),
      description: 'Admits deploys of the Services stack, has the canary judge them, and records both',
      timeout: TIMEOUT,
      memory: Size.mebibytes(256),
      logRetentionDays: config.logRetentionDays,
      environment: {
        [variables.DEPLOY_GATE_STATE_TABLE]: foundation.get('state-table-name'),
        [variables.DEPLOY_GATE_CANARY_FUNCTION]: canary.functionName,
        [variables.DEPLOY_GATE_SECRET_PARAMETER]: parameters.signingSecret.name,
        [variables.DEPLOY_GATE_KEY_SET_PARAMETER]: parameters.keySet.name,
        [variables.DEPLOY_GATE_REVISION_BUCKET]: foundation.get('revision-bucket-name'),
        [variables.DEPLOY_GATE_KEEP_REVISIONS]: String(config.revisions.keep),
        [variables.DEPLOY_GATE_ENVIRONMENT]: environmentName,
        [variables.DEPLOY_GATE_CONTRACT_VERSION]: String(CONTRACT_VERSION),
      },
    });
    gate.configureAsyncInvoke({ maxEventAge: MAX_EVENT_AGE });

    // Only their versions: the canary, one of the few functions that may decrypt, checks their content.
    allow(role, ['ssm:GetParameters'], arnsOf(parameters));
    allowState(role, foundation, ['GetItem'], ['lock', 'rotation']);
    allowState(role, foundation, ['PutItem'], ['lock', 'revision']);
    allowState(role, foundation, ['DeleteItem'], ['lock', 'revision', 'announcement']);
    allowState(role, foundation, ['Query', 'UpdateItem'], ['revision']);
    allow(role, ['lambda:InvokeFunction'], [canary.functionArn]);
    allowServicesStackStatus(role, config);
    allowServicesChange(role, config);
    allowRevisionTemplates(role, foundation);
    allowRotationStatus(role, config);
  }
}

/** Reads the template being deployed, and why it failed. */
function allowServicesChange(role: Role, config: EnvironmentConfig): void {
  const actions = ['cloudformation:DescribeStackEvents', 'cloudformation:GetTemplate'];
  // Acknowledged by `allowServicesStackStatus`.
  allow(role, actions, [stackArn(role, config, 'services')]);
}

/** Writes and deletes templates; only a rollback reads one. */
function allowRevisionTemplates(role: Role, foundation: FoundationReader): void {
  const templates = bucketArn(role, foundation.get('revision-bucket-name'), `${REVISION_TEMPLATES}*`);
  allow(role, ['s3:PutObject', 's3:DeleteObject'], [templates]);
  acceptWildcard(
    role,
    templates,
    'A template is named after the number of its revision; the bucket and the folder are given.',
  );
}
