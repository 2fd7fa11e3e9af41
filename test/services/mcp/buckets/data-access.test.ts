import { dataAccessSettings, resolveDataAccess } from '../../../../services/mcp/buckets/data-access.ts';
import { type Environment, readSettings } from '../../../../services/shared/settings.ts';

const ROLE = 'arn:aws-us-gov:iam::111122223333:role/quilt/services-McpDataAccessRole-AB12';
const COMPLETE = { QUILT_DATA_ROLE_ARN: ROLE, QUILT_DATA_BUCKETS: 'genomes, data-*', AWS_REGION: 'us-gov-west-1' };

const resolve = async (environment: Environment) =>
  resolveDataAccess(await readSettings(environment, dataAccessSettings));

test('role, buckets, region and partition are known', async () => {
  await expect(resolve(COMPLETE)).resolves.toMatchObject({
    roleArn: ROLE,
    partition: 'aws-us-gov',
    buckets: ['genomes', 'data-*'],
    region: 'us-gov-west-1',
  });
});

test('without role and buckets there is no access, in or outside of a container', async () => {
  await expect(resolve({})).resolves.toBeUndefined();
  await expect(resolve({ AWS_REGION: 'us-east-1', QUILT_DATA_ROLE_ARN: ' ' })).resolves.toBeUndefined();
});

test.each([
  ['QUILT_DATA_ROLE_ARN', undefined],
  ['QUILT_DATA_ROLE_ARN', 'data-access'],
  ['QUILT_DATA_ROLE_ARN', 'arn:aws:iam::111122223333:user/alice'],
  ['QUILT_DATA_BUCKETS', undefined],
  ['QUILT_DATA_BUCKETS', '*'],
  ['QUILT_DATA_BUCKETS', 'genomes,s3://images'],
  ['QUILT_DATA_BUCKETS', 'genomes,'],
  ['AWS_REGION', undefined],
  ['AWS_REGION', 'nowhere'],
])('%s = %j stops the start, and is named', async (name, value) => {
  await expect(resolve({ ...COMPLETE, [name]: value })).rejects.toMatchObject({
    name: 'StartError',
    problems: [expect.stringMatching(new RegExp(`^${name}: (is missing|must be)\\b`))],
  });
});
