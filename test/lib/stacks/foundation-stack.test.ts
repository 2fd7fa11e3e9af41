import { Match } from 'aws-cdk-lib/assertions';
import { statementsOf } from '../support/iam.ts';
import { localEnvironment, productionWith, type Synthesised, synthesise } from '../support/synthesise.ts';

let production: Synthesised;
let local: Synthesised;

beforeAll(() => {
  production = synthesise(productionWith());
  local = synthesise(localEnvironment());
});

describe('network', () => {
  test('has a public and a private subnet in each zone, and nothing gets a public address by itself', () => {
    const subnets = Object.values(production.foundation.findResources('AWS::EC2::Subnet'));
    expect(subnets).toHaveLength(4);
    for (const { Properties } of subnets) expect(Properties.MapPublicIpOnLaunch).toBe(false);
    expect(subnets.map(({ Properties }) => Properties.AvailabilityZone).sort()).toEqual([
      'us-east-1a',
      'us-east-1a',
      'us-east-1b',
      'us-east-1b',
    ]);
  });

  test.each([
    ['10.0.0.0/25', 'ab', '/27'],
    ['10.0.0.0/24', 'abc', '/27'],
    ['172.16.0.0/16', 'abcd', '/19'],
  ])('the range %s has room for subnets in the zones %s', (cidr, letters, prefix) => {
    const availabilityZones = [...letters].map((letter) => `us-east-1${letter}`);
    const vpc = { kind: 'create', cidr, availabilityZones, natGateways: 1 } as const;
    const subnets = Object.values(synthesise(productionWith({ vpc })).foundation.findResources('AWS::EC2::Subnet'));
    expect(subnets.map(({ Properties }) => Properties.CidrBlock.replace(/.*\//, '/'))).toEqual(
      Array(2 * letters.length).fill(prefix),
    );
  });

  test('has as many NAT gateways as the configuration says', () => {
    production.foundation.resourceCountIs('AWS::EC2::NatGateway', 2);
    local.foundation.resourceCountIs('AWS::EC2::NatGateway', 1);
  });

  test('logs its traffic', () => {
    production.foundation.hasResourceProperties('AWS::EC2::FlowLog', { ResourceType: 'VPC', TrafficType: 'ALL' });
  });
});

describe('load balancer', () => {
  test('serves HTTPS with TLS 1.2 or later, and 404 where no rule matches', () => {
    production.foundation.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443,
      Protocol: 'HTTPS',
      SslPolicy: Match.stringLikeRegexp('^ELBSecurityPolicy-TLS13-1-2-'),
      Certificates: [Match.anyValue()],
      DefaultActions: [
        Match.objectLike({ Type: 'fixed-response', FixedResponseConfig: Match.objectLike({ StatusCode: '404' }) }),
      ],
    });
  });

  test('does nothing on port 80 but redirect', () => {
    production.foundation.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 2);
    production.foundation.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [
        { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } },
      ],
    });
  });

  test('is protected, drops invalid headers and logs requests', () => {
    production.foundation.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Scheme: 'internet-facing',
      LoadBalancerAttributes: Match.arrayWith([
        { Key: 'deletion_protection.enabled', Value: 'true' },
        { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' },
        { Key: 'access_logs.s3.enabled', Value: 'true' },
      ]),
    });
  });

  test('reaches only the tasks', () => {
    production.foundation.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [
        Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 }),
        Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 80, ToPort: 80 }),
      ],
      SecurityGroupEgress: [Match.objectLike({ CidrIp: '10.0.0.0/16', FromPort: 8080, ToPort: 8080 })],
    });
  });

  test('has a certificate proved in the hosted zone, and the host name points to it', () => {
    production.foundation.hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: 'quilt.example.org',
      DomainValidationOptions: [{ DomainName: 'quilt.example.org', HostedZoneId: 'Z0123456789ABCDEFGHIJ' }],
    });
    production.foundation.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'quilt.example.org.', Type: 'A' });
  });

  test('uses an imported certificate, and leaves DNS that is kept outside alone', () => {
    local.foundation.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    local.foundation.resourceCountIs('AWS::Route53::RecordSet', 0);
  });
});

describe('secret', () => {
  test('is encrypted under its own key, which rotates, outlives the stack and has an alias', () => {
    production.foundation.hasResource('AWS::KMS::Key', {
      Properties: Match.objectLike({ EnableKeyRotation: true }),
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    production.foundation.hasResource('AWS::KMS::Alias', {
      Properties: Match.objectLike({ AliasName: 'alias/quilt-mcp-secret' }),
      // A retained alias would be in the way of the next deployment.
      DeletionPolicy: Match.absent(),
    });
  });

  test('is made by a function that learns two names and a key, and answers within minutes', () => {
    production.foundation.hasResourceProperties('Custom::SharedSecret', {
      ServiceToken: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SharedSecretMakerFunction'), 'Arn'] },
      ServiceTimeout: '480',
      SecretParameterName: '/quilt/mcp-server/jwt-secret',
      KeySetParameterName: '/quilt/mcp-server/jwt-verification-keys',
      EncryptionKeyArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^EncryptionKey'), 'Arn'] },
    });
    production.foundation.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      MemorySize: 256,
      Timeout: 90,
      Environment: Match.absent(),
    });
  });

  test('the function may do just what it needs, through Parameter Store and for the two parameters', () => {
    const parameters = ['jwt-secret', 'jwt-verification-keys'].map(
      (name) => `arn:aws:ssm:us-east-1:111122223333:parameter/quilt/mcp-server/${name}`,
    );
    const Condition = {
      StringEquals: {
        'kms:ViaService': 'ssm.us-east-1.amazonaws.com',
        'kms:EncryptionContext:PARAMETER_ARN': parameters,
      },
    };
    expect(statementsOf(production.foundation, 'SharedSecretMakerRole')).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^SharedSecretMakerLogs/), 'Arn'] },
      },
      { Effect: 'Allow', Action: ['ssm:GetParameters', 'ssm:PutParameter'], Resource: parameters },
      {
        Effect: 'Allow',
        Action: 'kms:Encrypt',
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^EncryptionKey/), 'Arn'] },
        Condition,
      },
      // Any key: a parameter that is adopted, or was left by a deleted stack, is encrypted under an unknown key.
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: 'arn:aws:kms:us-east-1:111122223333:key/*', Condition },
    ]);
  });

  test('no SSM parameter of the template is one of the secrets', () => {
    const names = Object.values(production.foundation.findResources('AWS::SSM::Parameter')).map(
      ({ Properties }) => Properties.Name,
    );
    expect(names.every((name: string) => name.startsWith('/quilt/foundation/v1/'))).toBe(true);
  });
});

describe('what has state', () => {
  test('outlives the stack', () => {
    for (const type of ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::Logs::LogGroup', 'AWS::KMS::Key'])
      for (const resource of Object.values(production.foundation.findResources(type)))
        expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('has no chosen name, which would be in the way when the stack is made again', () => {
    for (const [type, name] of [
      ['AWS::DynamoDB::Table', 'TableName'],
      ['AWS::S3::Bucket', 'BucketName'],
      ['AWS::Logs::LogGroup', 'LogGroupName'],
    ] as const)
      production.foundation.allResourcesProperties(type, { [name]: Match.absent() });
  });

  test('the state table can be restored and is not deleted by mistake', () => {
    production.foundation.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      DeletionProtectionEnabled: true,
    });
  });

  test('the revision bucket is versioned, encrypted, private and TLS only', () => {
    production.foundation.hasResourceProperties('AWS::S3::Bucket', {
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: Match.anyValue(),
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    production.foundation.allResourcesProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      }),
    });
  });

  test('logs are kept as long as the configuration says', () => {
    production.foundation.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
    local.foundation.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 1 });
  });
});

test('the cluster has its chosen name and container insights', () => {
  production.foundation.hasResourceProperties('AWS::ECS::Cluster', {
    ClusterName: 'quilt',
    ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }],
  });
});
