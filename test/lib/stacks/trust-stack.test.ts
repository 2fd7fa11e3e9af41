import { Match } from 'aws-cdk-lib/assertions';
import { statementsOf } from '../support/iam.ts';
import { localEnvironment, productionWith, type Synthesised, synthesise } from '../support/synthesise.ts';

let production: Synthesised;

beforeAll(() => {
  production = synthesise(productionWith());
});

describe('canary', () => {
  test('knows whom to ask, by names that need no other stack', () => {
    production.trust.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'quilt-canary',
      Runtime: 'nodejs24.x',
      Environment: {
        Variables: {
          CANARY_URL: 'https://quilt.example.org',
          CANARY_CONNECT_HOST: { Ref: 'LoadBalancerDnsName' },
          CANARY_SECRET_PARAMETER: '/quilt/mcp-server/jwt-secret',
          CANARY_KEY_SET_PARAMETER: '/quilt/mcp-server/jwt-verification-keys',
          CANARY_CLUSTER: 'quilt',
          CANARY_MCP_SERVICE: 'quilt-mcp',
          CANARY_CATALOG_SERVICE: 'quilt-catalog',
          CANARY_MCP_PATH: '/mcp',
          CANARY_BUCKETS: '[]',
          CANARY_STATE_TABLE: { Ref: 'StateTableName' },
          CANARY_TOLERATED: '[]',
          CANARY_STATE_MACHINE: 'arn:aws:states:us-east-1:111122223333:stateMachine:quilt-rotation',
        },
      },
    });
  });

  test('dials the public URL where the configuration says so', () => {
    const { trust } = synthesise(localEnvironment());
    trust.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ CANARY_CONNECT_HOST: Match.absent() }) },
    });
  });

  test('may read both parameters, count tasks, keep reports, see whether there was a deploy and have a repair begun, and nothing more', () => {
    const parameters = ['jwt-secret', 'jwt-verification-keys'].map(
      (name) => `arn:aws:ssm:us-east-1:111122223333:parameter/quilt/mcp-server/${name}`,
    );
    expect(statementsOf(production.trust, 'CanaryRole')).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^CanaryLogs/), 'Arn'] },
      },
      { Effect: 'Allow', Action: 'ssm:GetParameters', Resource: parameters },
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: { Ref: 'EncryptionKeyArn' },
        Condition: {
          StringEquals: {
            'kms:ViaService': 'ssm.us-east-1.amazonaws.com',
            'kms:EncryptionContext:PARAMETER_ARN': parameters,
          },
        },
      },
      {
        Effect: 'Allow',
        Action: 'ecs:DescribeServices',
        Resource: ['catalog', 'mcp'].map((name) => `arn:aws:ecs:us-east-1:111122223333:service/quilt/quilt-${name}`),
      },
      ...[
        ['PutItem', 'canary'],
        ['GetItem', 'rotation'],
        ['Query', 'revision'],
      ].map(([action, key]) => ({
        Effect: 'Allow',
        Action: `dynamodb:${action}`,
        Resource: {
          'Fn::Join': ['', ['arn:aws:dynamodb:us-east-1:111122223333:table/', { Ref: 'StateTableName' }]],
        },
        Condition: {
          'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [key] },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      })),
      {
        Effect: 'Allow',
        Action: 'states:StartExecution',
        Resource: 'arn:aws:states:us-east-1:111122223333:stateMachine:quilt-rotation',
      },
    ]);
  });

  test('tolerates what the configuration says', () => {
    const { trust } = synthesise(productionWith({ canary: { tolerate: ['no-token-refused'] } }));
    trust.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'quilt-canary',
      Environment: { Variables: Match.objectLike({ CANARY_TOLERATED: '["no-token-refused"]' }) },
    });
  });

  test('runs outside of the VPC for a load balancer that faces the Internet', () => {
    production.trust.allResourcesProperties('AWS::Lambda::Function', { VpcConfig: Match.absent() });
  });

  test('and the rotation run in private subnets for an internal load balancer, which lets them in', () => {
    const internal = synthesise(
      productionWith({ loadBalancer: { kind: 'create', scheme: 'internal', clientCidrs: ['10.9.0.0/16'] } }),
    );

    expect(internal.findings).toEqual([]);
    for (const FunctionName of ['quilt-canary', 'quilt-rotation'])
      internal.trust.hasResourceProperties('AWS::Lambda::Function', {
        FunctionName,
        VpcConfig: { SubnetIds: [Match.anyValue(), Match.anyValue()], SecurityGroupIds: [Match.anyValue()] },
      });
    internal.trust.allResourcesProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: [Match.objectLike({ FromPort: 443, ToPort: 443 })],
      SecurityGroupIngress: Match.absent(),
    });
    internal.foundation.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
    internal.foundation.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: Match.arrayWith([
        Match.objectLike({ CidrIp: '10.0.0.0/16', FromPort: 443 }),
        Match.objectLike({ CidrIp: '10.9.0.0/16', FromPort: 443 }),
      ]),
    });
  });
});
