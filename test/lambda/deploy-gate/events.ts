import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse } from 'aws-lambda';
import { respondTo } from '../../../lambda/deploy-gate/lifecycle.ts';
import type { GateSettings } from '../../../lambda/deploy-gate/settings.ts';
import { outputOf } from '../support/captured-output.ts';
import { useFakeAws } from '../support/fake-aws.ts';
import { type FakeAccount, KEY_SET, SECRET, STACK, templateOf } from './fake-account.ts';

export const OLD_TRIGGER = 'a'.repeat(64);
export const TRIGGER = 'b'.repeat(64);

export const PROPERTIES = {
  Trigger: TRIGGER,
  ContractVersion: '1',
  Images: { Catalog: 'catalog@sha256:1', Mcp: 'mcp@sha256:2' },
  TokenLifetimeSeconds: '3600',
  Canary: 'enforce',
};

export const REPORT_ONLY = { ...PROPERTIES, Canary: 'report', Reason: 'the registry is down' };

const SETTINGS: GateSettings = {
  stateTable: 'state',
  canaryFunction: 'quilt-canary',
  secretParameter: SECRET,
  keySetParameter: KEY_SET,
  revisionBucket: 'revisions-bucket',
  keepRevisions: 200,
  environment: 'production',
  contractVersion: '1',
};

type Resource = 'gate' | 'verdict';
type Kind = 'Create' | 'Update' | 'Rollback' | 'Delete';

export type EventOptions = {
  readonly kind?: Kind;
  readonly properties?: Readonly<Record<string, unknown>>;
  /** The same twice is one event that is delivered twice. */
  readonly requestId?: string;
  readonly stack?: string;
};

let requests = 0;

/** An event of one of the two resources; a rollback is an Update back to the old trigger. */
export function eventOf(resource: Resource, options: EventOptions = {}): CloudFormationCustomResourceEvent {
  const { kind = 'Update', properties = PROPERTIES, stack = STACK } = options;
  requests += 1;
  const old = { ServiceToken: 'token', ...PROPERTIES, Trigger: OLD_TRIGGER };
  const given = { ServiceToken: 'token', ...properties };
  const common = {
    ServiceToken: 'token',
    ResponseURL: 'https://s3.example.org/?signature=not-to-be-seen',
    StackId: stack,
    RequestId: options.requestId ?? `request-${requests}`,
    LogicalResourceId: resource,
    ResourceType: resource === 'gate' ? 'Custom::DeployGate' : 'Custom::DeployVerdict',
  };
  const physical = { PhysicalResourceId: resource };
  switch (kind) {
    case 'Create':
      return { ...common, RequestType: 'Create', ResourceProperties: given };
    case 'Update':
      return { ...common, ...physical, RequestType: 'Update', ResourceProperties: given, OldResourceProperties: old };
    case 'Rollback':
      return { ...common, ...physical, RequestType: 'Update', ResourceProperties: old, OldResourceProperties: given };
    case 'Delete':
      return { ...common, ...physical, RequestType: 'Delete', ResourceProperties: given };
  }
}

/** Sends events to the gate, as CloudFormation does, and gives its answer with all that it logged. */
export class Sender {
  readonly #account: FakeAccount;
  readonly #clients;
  readonly #settings: GateSettings;

  constructor(account: FakeAccount, settings: Partial<GateSettings> = {}) {
    this.#account = account;
    this.#settings = { ...SETTINGS, ...settings };
    useFakeAws(account.endpoint);
    account.templates.set(STACK, templateOf(TRIGGER));
    const options = { maxAttempts: 1 };
    this.#clients = {
      dynamodb: new DynamoDBClient(options),
      cloudformation: new CloudFormationClient(options),
      ssm: new SSMClient(options),
      sfn: new SFNClient(options),
      s3: new S3Client(options),
      lambda: new LambdaClient(options),
    };
  }

  async send(event: CloudFormationCustomResourceEvent) {
    let response: CloudFormationCustomResourceResponse | undefined;
    const logs = await outputOf(async () => {
      response = await respondTo(event, (abortSignal) => ({
        ...this.#clients,
        settings: this.#settings,
        abortSignal,
      }));
    });
    if (response === undefined) throw new Error('respondTo gave no response');
    return { ...response, logs: logs.join('\n') };
  }

  gate(options?: EventOptions) {
    return this.send(eventOf('gate', options));
  }

  verdict(options?: EventOptions) {
    return this.send(eventOf('verdict', options));
  }

  /** The stack goes back: CloudFormation asks each resource that it had touched. */
  async rollBack(resources: readonly Resource[] = ['gate', 'verdict']) {
    this.#account.stacks.set(STACK, 'UPDATE_ROLLBACK_IN_PROGRESS');
    const responses = [];
    for (const resource of resources) responses.push(await this.send(eventOf(resource, { kind: 'Rollback' })));
    return responses;
  }
}
