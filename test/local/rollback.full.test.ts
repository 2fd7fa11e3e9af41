import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, ListChangeSetsCommand } from '@aws-sdk/client-cloudformation';
import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { RollbackReport } from '../../cli/change/rollback.ts';
import type { RevisionHistory } from '../../cli/revisions/history.ts';
import { loadEnvironment } from '../../config/load.ts';
import { ANNOUNCEMENT_KEY, revisionRecordOf, revisionSortKey } from '../../contract/revision.ts';
import { type FoundationValue, foundationParameterName } from '../../lib/foundation-values.ts';
import { clusterName, stackName } from '../../lib/names.ts';
import type { LocalEnvironment } from '../../local/run/environment.ts';
import { offerRebuiltImage } from './support/fixture-images.ts';
import { MINUTES, useLocalEnvironment } from './support/local-environment.ts';
import type { Operator } from './support/operator.ts';

/**
 * What a plain deploy leaves to go back to; what a rollback says before it changes anything, and what keeps it from changing
 * something. Every test goes on from the one before.
 */

const config = loadEnvironment('local');

let environment: LocalEnvironment;
let operator: Operator;
let dynamodb: DynamoDBClient;
let s3: S3Client;
let TableName: string;
let Bucket: string;
/** The template of the first deploy, as the CDK has uploaded it. */
let deployed: string;

useLocalEnvironment('rollback', {}, (started) => {
  ({ environment, operator } = started);
  dynamodb = new DynamoDBClient(environment.clientSettings);
  s3 = new S3Client(environment.clientSettings);
});

beforeAll(async () => {
  deployed = readFileSync(join(environment.assemblyDirectory, 'Services.template.json'), 'utf8');
  const second = offerRebuiltImage(environment.imageDirectory, 'mcp', 'to-be-left');
  await environment.deploy(undefined, ['Services', '--exclusively', '-c', `mcpImage=${second}`]);
  TableName = await foundationValue('state-table-name');
  Bucket = await foundationValue('revision-bucket-name');
}, 2 * MINUTES);

async function foundationValue(value: FoundationValue): Promise<string> {
  const Name = foundationParameterName(config.namePrefix, value);
  const { Parameter } = await new SSMClient(environment.clientSettings).send(new GetParameterCommand({ Name }));
  return Parameter?.Value ?? '';
}

const history = () => operator.ask<RevisionHistory>('history');
const rollback = (...options: readonly string[]) => operator.ask<RollbackReport>('rollback', ...options);

/** All that a rollback could leave behind or change. */
async function state() {
  const cloudformation = new CloudFormationClient(environment.clientSettings);
  const services = stackName(config, 'services');
  const { Summaries = [] } = await cloudformation.send(new ListChangeSetsCommand({ StackName: services }));
  const announcements = new QueryCommand({
    TableName,
    KeyConditionExpression: 'pk = :announcement',
    ExpressionAttributeValues: { ':announcement': { S: ANNOUNCEMENT_KEY } },
  });
  const { taskArns } = await new ECSClient(environment.clientSettings).send(
    new ListTasksCommand({ cluster: clusterName(config) }),
  );
  return {
    announcements: (await dynamodb.send(announcements)).Items,
    changeSets: Summaries.filter(({ ExecutionStatus: status }) => !status?.startsWith('EXECUTE_')),
    current: (await history()).current,
    tasks: taskArns?.toSorted(),
  };
}

async function recordOf(number: number): Promise<Record<string, AttributeValue>> {
  const Key = { pk: { S: 'revision' }, sk: { S: revisionSortKey(number) } };
  return (await dynamodb.send(new GetItemCommand({ TableName, Key }))).Item ?? {};
}

async function keptTemplate({ key = '' }: { readonly key?: string | undefined }): Promise<string> {
  const { Body, ContentType } = await s3.send(new GetObjectCommand({ Bucket, Key: key }));
  expect(ContentType).toBe('application/json');
  return (await Body?.transformToString()) ?? '';
}

/** Makes a revision one that had deployed something else, as far as anybody can see. */
async function rewrite(number: number, change: (text: string) => string): Promise<void> {
  const Item = await recordOf(number);
  const template = Item.template?.M ?? {};
  const Key = template.key?.S;
  const text = change(await keptTemplate({ key: Key }));
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: text, ContentType: 'application/json' }));
  const sha256 = { S: createHash('sha256').update(text).digest('hex') };
  await put({ ...Item, template: { M: { ...template, sha256 } } });
}

async function put(Item: Record<string, AttributeValue>): Promise<void> {
  await dynamodb.send(new PutItemCommand({ TableName, Item }));
}

test('a plain deploy: the template is kept as it was deployed, with the names that the stack was given', async () => {
  const first = revisionRecordOf(await recordOf(1));
  expect(first).toMatchObject({ number: 1, verdict: 'good', announcement: undefined, reason: undefined });
  expect(await keptTemplate(first.template ?? {})).toBe(deployed);
  expect(first.template?.sha256).toBe(createHash('sha256').update(deployed).digest('hex'));
  expect(first.stackParameters).toMatchObject({
    ListenerArn: foundationParameterName(config.namePrefix, 'listener-arn'),
    VpcId: foundationParameterName(config.namePrefix, 'vpc-id'),
  });
});

test(
  'a dry run names what differs, and touches nothing',
  async () => {
    const before = await state();
    const { changes, ...report } = await rollback('--dry-run');
    expect(report).toMatchObject({ exitCode: 0, result: 'planned', target: 1, before: 2, made: null });
    expect(changes.map(({ effect, type }) => `${effect} ${type}`).toSorted()).toEqual([
      'change AWS::ECS::Service',
      'change Custom::DeployGate',
      'change Custom::DeployVerdict',
      'replace AWS::ECS::TaskDefinition',
    ]);
    expect(await state()).toEqual(before);
  },
  MINUTES,
);

test(
  'a rollback reports its progress, and then there is nothing left to roll back',
  async () => {
    const { exitCode, out, err } = await operator.run('rollback', '1');
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}McpService\w+ {2}UPDATE_COMPLETE$/m);
    expect(out).toMatch(/\nRevision 3 is good: rolled back to 1\.\n$/);
    expect((await operator.run('diff', '1')).out).toContain('The templates of revisions 1 and 3 do not differ.');
    expect(await rollback('1')).toMatchObject({ exitCode: 0, result: 'no-changes' });
    expect(await state()).toMatchObject({ announcements: [], changeSets: [], current: 3 });
  },
  MINUTES,
);

test(
  'what would be replaced needs permission',
  async () => {
    await rewrite(2, (text) => text.replace('"TargetType": "ip"', '"TargetType": "instance"'));
    const before = await state();
    const { changes, ...report } = await rollback('2');
    expect(report).toMatchObject({ exitCode: 3, result: 'refused', made: null });
    const lost = changes.filter(({ needsPermission }) => needsPermission).map(({ type }) => type);
    expect(lost).toEqual(['AWS::ElasticLoadBalancingV2::TargetGroup']);
    expect(await state()).toEqual(before);
  },
  MINUTES,
);

test(
  'a refusal by the deploy gate rolls the change back, and says why',
  async () => {
    await rewrite(2, (text) =>
      text
        .replace('"TargetType": "instance"', '"TargetType": "ip"')
        .replaceAll('"ContractVersion": "1"', '"ContractVersion": "9"'),
    );
    const before = await state();
    const { exitCode, err } = await operator.run('rollback', '2');
    expect(err).toMatch(
      /^Rollback to revision 2 failed; revision 3 was restored\. Cause: the deploy gate refused it\. contract-version: /,
    );
    expect(exitCode).toBe(3);
    expect(await state()).toEqual(before);
  },
  MINUTES,
);

test(
  'while the lock is held, CloudFormation is not called',
  async () => {
    const lock = { pk: { S: 'lock' }, sk: { S: '-' } };
    const takenAt = { S: new Date().toISOString() };
    await put({ ...lock, kind: { S: 'another' }, owner: { S: 'somebody who lives' }, takenAt });
    const { findings, ...report } = await rollback('1');
    await dynamodb.send(new DeleteItemCommand({ TableName, Key: lock }));
    expect(report).toMatchObject({ exitCode: 3, result: 'refused', changes: [] });
    expect(findings.filter(({ state }) => state === 'failed').map(({ about }) => about)).toEqual(['deploy lock']);
  },
  MINUTES,
);
