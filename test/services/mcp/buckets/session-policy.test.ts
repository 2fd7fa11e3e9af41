import { permittedActions, sessionPolicy } from '../../../../services/mcp/buckets/session-policy.ts';

const ALL = ['s3:AbortMultipartUpload', 's3:GetBucketLocation', 's3:GetObject', 's3:GetObjectVersion', 's3:ListBucket'];
const WRITER = [...ALL, 's3:PutObject', 's3:PutObjectAcl', 's3:DeleteObject', 'glue:GetTable'];

function policyFor(action: 'read' | 'write', permissions: readonly string[], bucket = 'genomes', partition = 'aws') {
  const actions = permittedActions(action, permissions);
  return JSON.parse(sessionPolicy({ partition, bucket, action, actions }));
}

const throughS3 = {
  StringLike: {
    'kms:ViaService': 's3.*',
    'kms:EncryptionContext:aws:s3:arn': ['arn:aws:s3:::genomes', 'arn:aws:s3:::genomes/*'],
  },
};

test('reading is for one bucket, and for keys through S3 only', () => {
  expect(policyFor('read', WRITER).Statement).toEqual([
    { Effect: 'Allow', Action: ['s3:GetBucketLocation', 's3:ListBucket'], Resource: 'arn:aws:s3:::genomes' },
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:GetObjectVersion'], Resource: 'arn:aws:s3:::genomes/*' },
    { Effect: 'Allow', Action: ['kms:Decrypt'], Resource: '*', Condition: throughS3 },
  ]);
});

test('writing can neither read, nor delete, nor make anything public', () => {
  expect(policyFor('write', WRITER).Statement).toEqual([
    { Effect: 'Allow', Action: ['s3:AbortMultipartUpload', 's3:PutObject'], Resource: 'arn:aws:s3:::genomes/*' },
    { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: '*', Condition: throughS3 },
  ]);
});

test('what the token does not permit is not in it', () => {
  const actions = policyFor('read', ['s3:GetObject']).Statement.flatMap((each: { Action: string[] }) => each.Action);
  expect(actions).toEqual(['s3:GetObject', 'kms:Decrypt']);
});

test('ARNs are those of the partition', () => {
  const arns = JSON.stringify(policyFor('read', WRITER, 'genomes', 'aws-us-gov')).match(/arn:[^:]*:/g);
  expect(new Set(arns)).toEqual(new Set(['arn:aws-us-gov:']));
});

test('the longest name fits into what STS accepts', () => {
  for (const action of ['read', 'write'] as const)
    expect(JSON.stringify(policyFor(action, WRITER, 'b'.repeat(255), 'aws-us-gov')).length).toBeLessThan(2048);
});
