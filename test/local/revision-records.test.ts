/** Every deploy leaves a record with its template, from which it could be brought back, whoever has started it. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { loadEnvironment } from '../../config/load.ts';
import { ANNOUNCEMENT_KEY, announcementItem } from '../../lambda/shared/announcement-item.ts';
import { type RevisionRecord, revisionRecordOf } from '../../lambda/shared/revision-record.ts';
import { templateTrigger } from '../../lambda/shared/template-trigger.ts';
import { type FoundationValue, foundationParameterName } from '../../lib/foundation-contract.ts';
import { LocalEnvironment } from '../../local/run/environment.ts';
import { offerOpenMcpImage } from './support/fixture-images.ts';

const MINUTES = 60_000;
const config = loadEnvironment('local');

let environment: LocalEnvironment;
let dynamodb: DynamoDBClient;
let openMcp: string;

beforeAll(async () => {
  environment = await LocalEnvironment.start({
    directory: join(import.meta.dirname, '..', '..', '.local', 'test-revision-records'),
  });
  dynamodb = new DynamoDBClient(environment.clientSettings);
  openMcp = offerOpenMcpImage(environment.imageDirectory, 'recorded');
  await environment.bootstrap();
  await environment.deploy();
}, 2 * MINUTES);

afterAll(() => environment?.stop(), MINUTES);

const contextOf = (options: readonly string[]) => options.flatMap((option) => ['-c', option]);

/** A plain `cdk deploy` of the one stack that has revisions, with these `-c` options. */
async function deployServices(...options: readonly string[]): Promise<void> {
  await environment.deploy(undefined, ['Services', '--exclusively', ...contextOf(options)]);
}

async function foundationValue(value: FoundationValue): Promise<string> {
  const Name = foundationParameterName(config.namePrefix, value);
  const { Parameter } = await new SSMClient(environment.clientSettings).send(new GetParameterCommand({ Name }));
  return Parameter?.Value ?? '';
}

async function itemsOf(pk: string) {
  const { Items = [] } = await dynamodb.send(
    new QueryCommand({
      TableName: await foundationValue('state-table-name'),
      KeyConditionExpression: 'pk = :pk AND sk < :counter',
      ExpressionAttributeValues: { ':pk': { S: pk }, ':counter': { S: 'last' } },
    }),
  );
  return Items;
}

/** Every record, oldest first. */
async function records(): Promise<RevisionRecord[]> {
  return (await itemsOf('revision')).map(revisionRecordOf);
}

/** The template that the CDK has synthesised last, as it was uploaded. */
function synthesised(): string {
  return readFileSync(join(environment.assemblyDirectory, 'Services.template.json'), 'utf8');
}

/** The object that a record names, if it is the one that it means. */
async function keptTemplate({ template }: RevisionRecord): Promise<{ text: string; type: string | undefined }> {
  const { Body, ContentType: type } = await new S3Client(environment.clientSettings).send(
    new GetObjectCommand({ Bucket: await foundationValue('revision-bucket-name'), Key: template?.key }),
  );
  const text = (await Body?.transformToString()) ?? '';
  expect(createHash('sha256').update(text).digest('hex')).toBe(template?.sha256);
  return { text, type };
}

test('a plain deploy: the template is there as it was deployed, with the names that the stack was given', async () => {
  const [first, ...others] = await records();
  expect(others).toEqual([]);
  expect(first).toMatchObject({ number: 1, verdict: 'good', announcement: undefined, reason: undefined });
  if (first === undefined) throw new Error('There is no record.');
  expect(await keptTemplate(first)).toEqual({ text: synthesised(), type: 'application/json' });
  expect(first.stackParameters).toMatchObject({
    ListenerArn: foundationParameterName(config.namePrefix, 'listener-arn'),
    VpcId: foundationParameterName(config.namePrefix, 'vpc-id'),
  });
});

test(
  'a deploy that is taken back: its template is kept beside the one that runs, and nobody has announced it',
  async () => {
    const before = await records();
    await expect(deployServices(`mcpImage=${openMcp}`)).rejects.toThrow();
    const [first, second] = await records();
    expect([first]).toEqual(before);
    expect(second).toMatchObject({ number: 2, verdict: 'failed', announcement: undefined });
    if (first === undefined || second === undefined) throw new Error('A record is missing.');
    expect((await keptTemplate(second)).text).toBe(synthesised());
    expect((await keptTemplate(first)).text).not.toContain(openMcp);
  },
  2 * MINUTES,
);

test(
  'break-glass that was announced: the record says why and who, and the announcement is gone',
  async () => {
    const reason = 'The old image has to run for an hour.';
    const options = [`mcpImage=${openMcp}`, 'canary=report', `reason=${reason}`];
    await environment.cdk(['synth', '--quiet', ...environment.context(), ...contextOf(options)]);
    const announcement = {
      by: 'arn:aws:iam::000000000000:user/somebody',
      commit: '0123456789abcdef0123456789abcdef01234567',
      dirty: true,
      versions: { 'aws-cdk': '2.1148.1' },
      rollbackTo: undefined,
    };
    const TableName = await foundationValue('state-table-name');
    const Item = announcementItem(templateTrigger(JSON.parse(synthesised())) ?? '', announcement, Date.now());
    await dynamodb.send(new PutItemCommand({ TableName, Item }));

    // What was synthesised is deployed, and not synthesised again.
    const deploy = ['deploy', 'Services', '--exclusively', '--require-approval', 'never'];
    await environment.cdk([...deploy, '--app', environment.assemblyDirectory]);
    const third = (await records())[2];
    expect(third).toMatchObject({ number: 3, verdict: 'unverified', reason, announcement });
    expect(third?.failedChecks).not.toEqual([]);
    if (third === undefined) throw new Error('The record is missing.');
    expect((await keptTemplate(third)).text).toBe(synthesised());
    expect(await itemsOf(ANNOUNCEMENT_KEY)).toEqual([]);
  },
  2 * MINUTES,
);
