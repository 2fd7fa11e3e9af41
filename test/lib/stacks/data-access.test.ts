import { Match, type Template } from 'aws-cdk-lib/assertions';
import { policiesOf, rolesThatMay, type Statement, statementsOf } from '../support/iam.ts';
import { productionWith, type Synthesised, synthesise } from '../support/synthesise.ts';

const KEYS = ['arn:aws:kms:eu-west-1:444455556666:key/0a-1', 'arn:aws:kms:us-east-1:111122223333:key/0a-2'];
const BUCKETS = ['genomes', 'results-*'];
const ROLE = 'McpDataAccessRole';

let made: Synthesised;

beforeAll(() => {
  made = synthesise(
    productionWith({ dataAccess: { buckets: BUCKETS, accounts: ['444455556666'], encryptionKeyArns: KEYS } }),
  );
});

function roleIn(template: Template) {
  return Object.entries(template.findResources('AWS::IAM::Role')).find(([id]) => id.startsWith(ROLE))?.[1].Properties;
}

function allowing(action: string): Statement | undefined {
  return statementsOf(made.services, ROLE).find(({ Action }) => [Action].flat().includes(action));
}

describe('the role', () => {
  test('is taken by the MCP task role only, for an hour at most, and never without a source identity', () => {
    const { AssumeRolePolicyDocument, MaxSessionDuration } = roleIn(made.services);
    const taker = { AWS: { 'Fn::GetAtt': [expect.stringMatching(/^McpTaskTaskRole/), 'Arn'] } };
    const named = { StringLike: { 'sts:SourceIdentity': '*' } };
    expect(AssumeRolePolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'], Principal: taker, Condition: named },
    ]);
    expect(MaxSessionDuration).toBe(3600);
  });

  test('reads and writes only objects of the configured buckets in the named accounts', () => {
    const condition = { StringEquals: { 's3:ResourceAccount': ['111122223333', '444455556666'] } };
    expect(allowing('s3:ListBucket')).toEqual({
      Effect: 'Allow',
      Action: ['s3:GetBucketLocation', 's3:ListBucket'],
      Resource: ['arn:aws:s3:::genomes', 'arn:aws:s3:::results-*'],
      Condition: condition,
    });
    expect(allowing('s3:GetObject')).toEqual({
      Effect: 'Allow',
      Action: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
      Resource: ['arn:aws:s3:::genomes/*', 'arn:aws:s3:::results-*/*'],
      Condition: condition,
    });
    const allowed = statementsOf(made.services, ROLE).filter(({ Effect }) => Effect === 'Allow');
    expect(allowed).toHaveLength(3);
  });

  test('uses the configured keys, and through S3 only', () => {
    expect(allowing('kms:Decrypt')).toEqual({
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: KEYS,
      Condition: { StringEquals: { 'kms:ViaService': ['s3.eu-west-1.amazonaws.com', 's3.us-east-1.amazonaws.com'] } },
    });
  });

  test('never touches what the deployment and the CDK keep for themselves', () => {
    const denied = statementsOf(made.services, ROLE).filter(({ Effect }) => Effect === 'Deny');
    expect(denied).toMatchObject([{ Action: 's3:*' }]);
    const resources = JSON.stringify(denied[0]?.Resource);
    expect(resources).toContain('{"Ref":"RevisionBucketName"},"/*"');
    expect(resources).toContain('"arn:aws:s3:::quilt-foundation-*/*"');
    expect(resources).toContain('"arn:aws:s3:::cdk-hnb659fds-assets-*/*"');
  });

  test('has neither managed nor inline policies, and breaks no rule', () => {
    const role = roleIn(made.services);
    for (const property of ['ManagedPolicyArns', 'Policies']) expect(role).not.toHaveProperty(property);
    expect(made.findings).toEqual([]);
  });
});

test('the MCP task role may only assume the role, and no other role of any stack may', () => {
  expect(statementsOf(made.services, 'McpTaskTaskRole')).toEqual([
    {
      Effect: 'Allow',
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
      Resource: { 'Fn::GetAtt': [expect.stringMatching(/^McpDataAccessRole/), 'Arn'] },
    },
  ]);
  expect(rolesThatMay(made.services, 'sts:AssumeRole')).toEqual([expect.stringMatching(/^McpTaskTaskRole/)]);
  for (const template of [made.foundation, made.trust, made.operations])
    expect(rolesThatMay(template, 'sts:AssumeRole')).toEqual([]);
});

test('the tasks start after their permissions, and within the gated part of the deploy', () => {
  made.services.hasResource('AWS::ECS::Service', {
    Properties: Match.objectLike({ ServiceName: 'quilt-mcp' }),
    DependsOn: Match.arrayWith([
      Match.stringLikeRegexp('^McpDataAccessAssume'),
      Match.stringLikeRegexp('^McpDataAccessRoleDefaultPolicy'),
    ]),
  });
  made.services.hasResource('AWS::IAM::Role', {
    Properties: Match.objectLike({ MaxSessionDuration: 3600 }),
    DependsOn: Match.arrayWith([Match.stringLikeRegexp('^DeployGate')]),
  });
});

test('without buckets there is no role and no variable of it', () => {
  const { services, findings } = synthesise(productionWith({ dataAccess: { buckets: [] } }));
  expect(roleIn(services)).toBeUndefined();
  expect(JSON.stringify(services.toJSON())).not.toMatch(/QUILT_DATA_|sts:SetSourceIdentity/);
  expect(findings).toEqual([]);
});

test('an image that is brought gets the same role by the same variables', () => {
  const image = { kind: 'reference', uri: `registry.example.org/mcp@sha256:${'a'.repeat(64)}` } as const;
  const { services } = synthesise(
    productionWith({ services: { mcp: { image }, catalog: { image: { kind: 'build' } } } }),
  );
  services.hasResourceProperties('AWS::ECS::TaskDefinition', {
    Family: 'quilt-mcp',
    ContainerDefinitions: [
      Match.objectLike({
        Environment: Match.arrayWith([
          {
            Name: 'QUILT_DATA_ROLE_ARN',
            Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^McpDataAccessRole'), 'Arn'] },
          },
          { Name: 'QUILT_DATA_BUCKETS', Value: 'quilt-example-*' },
        ]),
      }),
    ],
  });
});

test('path and permissions boundary are those of every role', () => {
  const permissionsBoundary = 'arn:aws:iam::111122223333:policy/workloads';
  const { services } = synthesise(productionWith({ iam: { permissionsBoundary, rolePath: '/quilt/' } }));
  expect(roleIn(services)).toMatchObject({ PermissionsBoundary: permissionsBoundary, Path: '/quilt/' });
});

test('as many buckets, accounts and keys as may be listed fit into the policies of the role', () => {
  const numbered = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => text(index + 100));
  const { services, findings } = synthesise(
    productionWith({
      dataAccess: {
        buckets: numbered(200, (index) => `${'a'.repeat(60)}${index}`),
        accounts: numbered(20, (index) => `200000000${index}`),
        encryptionKeyArns: numbered(
          20,
          (index) => `arn:aws:kms:us-east-1:111122223333:key/mrk-${'0'.repeat(30)}${index}`,
        ),
      },
    }),
  );
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  const inline = policiesOf(services).filter(({ roles }) => roles.some((id) => id.startsWith(ROLE)));
  expect(inline).toHaveLength(1);
  expect(JSON.stringify(inline[0]?.statements).length).toBeLessThan(10_240);
  const managed = Object.entries(services.findResources('AWS::IAM::ManagedPolicy'));
  expect(managed.length).toBeLessThanOrEqual(10);
  for (const [id, { Properties }] of managed) {
    expect(JSON.stringify(Properties.PolicyDocument).length).toBeLessThan(6_144);
    services.hasResource('AWS::ECS::Service', {
      Properties: Match.objectLike({ ServiceName: 'quilt-mcp' }),
      DependsOn: Match.arrayWith([id]),
    });
  }
  expect(findings).toEqual([]);
});
