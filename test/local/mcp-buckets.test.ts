import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { awsVariables } from '../../cli/local/aws-settings.ts';
import { EMULATOR_ACCOUNT } from '../../config/emulator.ts';
import type { BucketAccess } from '../../services/mcp/buckets/bucket-access.ts';
import { createBucketAccess } from '../../services/mcp/buckets/create-bucket-access.ts';
import { dataAccessSettings, resolveDataAccess } from '../../services/mcp/buckets/data-access.ts';
import { createLogger } from '../../services/shared/logger.ts';
import { type Environment, readSettings } from '../../services/shared/settings.ts';
import { principal } from '../services/mcp/buckets/support/principals.ts';
import { LogCapture } from '../services/support/log-capture.ts';
import { type BareEmulator, startBareEmulator } from './support/bare-emulator.ts';

const ROLE = `arn:aws:iam::${EMULATOR_ACCOUNT}:role/data-access`;
const BUCKETS = ['genomes', 'images', 'far-away'];

let emulator: BareEmulator;
const environmentBefore = { ...process.env };

async function makeBuckets(): Promise<void> {
  const owner = new S3Client(emulator.settings);
  for (const Bucket of ['genomes', 'images']) await owner.send(new CreateBucketCommand({ Bucket }));
  const far = new S3Client({ ...emulator.settings, region: 'eu-west-1' });
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await far.send(new CreateBucketCommand({ Bucket: 'far-away', CreateBucketConfiguration }));
}

async function bucketAccess(environment: Environment = {}): Promise<BucketAccess> {
  const own = { QUILT_DATA_ROLE_ARN: ROLE, QUILT_DATA_BUCKETS: BUCKETS.join(','), AWS_REGION: 'us-east-1' };
  const settings = await readSettings({ ...own, ...environment }, dataAccessSettings);
  const logger = createLogger({ service: 'mcp', version: 'test', level: 'info', sink: new LogCapture() });
  return createBucketAccess(resolveDataAccess(settings), logger);
}

afterEach(async () => {
  process.env = { ...environmentBefore };
  await emulator?.stop();
});

const alice = principal('alice', { buckets: BUCKETS });

test('as a task of the local run: written, read and called in the name of a person', async () => {
  // GIVEN the variables that MiniStack gives to a task
  emulator = await startBareEmulator();
  process.env.AWS_ENDPOINT_URL = emulator.endpoint;
  await makeBuckets();
  const access = await bucketAccess({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${emulator.endpoint}/v2/credentials/00000000-0000-0000-0000-000000000000`,
  });

  for (const Bucket of ['genomes', 'far-away']) {
    // WHEN
    const writing = await access.open(alice, `s3://${Bucket}`, 'write');
    await writing.s3.send(new PutObjectCommand({ Bucket, Key: 'reads/one.txt', Body: 'ACGT' }));
    const { s3 } = await access.open(alice, Bucket, 'read');

    // THEN
    const listed = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(listed.Contents?.map(({ Key }) => Key)).toEqual(['reads/one.txt']);
    const read = await s3.send(new GetObjectCommand({ Bucket, Key: 'reads/one.txt' }));
    await expect(read.Body?.transformToString()).resolves.toBe('ACGT');
    const sts = new STSClient({ ...emulator.settings, credentials: await s3.config.credentials() });
    await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
      Account: EMULATOR_ACCOUNT,
      Arn: `arn:aws:sts::${EMULATOR_ACCOUNT}:assumed-role/data-access/alice`,
    });
  }
});

test('where IAM is enforced, credentials can use their one bucket in their one way, however much the role may', async () => {
  // GIVEN a role that may do everything
  emulator = await startBareEmulator([], {}, true);
  Object.assign(process.env, awsVariables(emulator.endpoint));
  await makeBuckets();
  const iam = new IAMClient(emulator.settings);
  const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${EMULATOR_ACCOUNT}:root` }, Action: 'sts:*' };
  const everything = { Effect: 'Allow', Action: '*', Resource: '*' };
  const policyOf = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await iam.send(new CreateRoleCommand({ RoleName: 'data-access', AssumeRolePolicyDocument: policyOf(trust) }));
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: 'data-access',
      PolicyName: 'everything',
      PolicyDocument: policyOf(everything),
    }),
  );
  const access = await bucketAccess();
  const object = { Bucket: 'genomes', Key: 'one.txt' };
  const reading = (await access.open(alice, 'genomes', 'read')).s3;
  const writing = (await access.open(alice, 'genomes', 'write')).s3;
  const refused = { name: 'AccessDenied' };

  // THEN
  await writing.send(new PutObjectCommand({ ...object, Body: 'ACGT' }));
  await reading.send(new GetObjectCommand(object));
  await reading.send(new ListObjectsV2Command({ Bucket: 'genomes' }));
  await expect(reading.send(new ListObjectsV2Command({ Bucket: 'images' }))).rejects.toMatchObject(refused);
  await expect(reading.send(new PutObjectCommand({ ...object, Body: 'TTTT' }))).rejects.toMatchObject(refused);
  await expect(writing.send(new GetObjectCommand(object))).rejects.toMatchObject(refused);
  await expect(writing.send(new PutObjectCommand({ ...object, Bucket: 'images', Body: 'TTTT' }))).rejects.toMatchObject(
    refused,
  );

  // AND a token without a right has none in its credentials either
  const lister = principal('alice', { buckets: BUCKETS, permissions: ['s3:ListBucket'] });
  const listing = (await access.open(lister, 'genomes', 'read')).s3;
  await listing.send(new ListObjectsV2Command({ Bucket: 'genomes' }));
  await expect(listing.send(new GetObjectCommand(object))).rejects.toMatchObject(refused);
});
