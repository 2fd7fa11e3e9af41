import { Match } from 'aws-cdk-lib/assertions';
import { defaultRoles } from '../../../auth/default-roles.ts';
import { statementsOf } from '../support/iam.ts';
import { productionWith, type Synthesised, synthesise } from '../support/synthesise.ts';

const DIGEST = 'a'.repeat(64);
const SECRETS = [
  ['MCP_ENHANCED_JWT_SECRET', 'jwt-secret'],
  ['MCP_ENHANCED_JWT_KEYS', 'jwt-verification-keys'],
].map(([Name, parameter]) => ({
  Name,
  ValueFrom: `arn:aws:ssm:us-east-1:111122223333:parameter/quilt/mcp-server/${parameter}`,
}));

let production: Synthesised;

beforeAll(() => {
  production = synthesise(productionWith());
});

function containerOf(service: 'catalog' | 'mcp') {
  const tasks = production.services.findResources('AWS::ECS::TaskDefinition', {
    Properties: { Family: `quilt-${service}` },
  });
  return Object.values(tasks)[0]?.Properties.ContainerDefinitions[0];
}

describe.each(['catalog', 'mcp'] as const)('%s', (service) => {
  const logicalId = service === 'mcp' ? 'Mcp' : 'Catalog';

  test('gets both secrets by valueFrom, and none of them as a variable', () => {
    const { Secrets, Environment } = containerOf(service);
    expect(Secrets).toEqual(SECRETS);
    const names = Environment.map(({ Name }: { Name: string }) => Name);
    for (const { Name } of SECRETS) expect(names).not.toContain(Name);
  });

  test('has a read-only root, logs to the group of Foundation and listens where the load balancer asks', () => {
    expect(containerOf(service)).toMatchObject({
      ReadonlyRootFilesystem: true,
      DockerLabels: { 'health-path': '/healthz' },
      PortMappings: [{ ContainerPort: 8080, Protocol: 'tcp' }],
      LogConfiguration: { LogDriver: 'awslogs', Options: { 'awslogs-group': { Ref: `${logicalId}LogGroup` } } },
    });
    production.services.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      Port: 8080,
      Protocol: 'HTTP',
      TargetType: 'ip',
      HealthCheckPath: '/healthz',
      Matcher: { HttpCode: '200' },
      TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: '15' }]),
    });
  });

  test('replaces tasks without ever having fewer, and rolls back by itself', () => {
    production.services.hasResourceProperties('AWS::ECS::Service', {
      ServiceName: `quilt-${service}`,
      Cluster: 'quilt',
      DesiredCount: 2,
      DeploymentConfiguration: {
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
    });
  });

  test('runs in private subnets without a public address', () => {
    const subnet = (index: number) => ({
      'Fn::Select': [index, { 'Fn::Split': [',', { Ref: 'PrivateSubnetIds' }] }],
    });
    production.services.hasResourceProperties('AWS::ECS::Service', {
      ServiceName: `quilt-${service}`,
      NetworkConfiguration: {
        AwsvpcConfiguration: Match.objectLike({ AssignPublicIp: 'DISABLED', Subnets: [subnet(0), subnet(1)] }),
      },
    });
  });

  test('is reached from the load balancer only', () => {
    production.services.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: `Tasks of quilt-${service}`,
      SecurityGroupIngress: [
        Match.objectLike({
          SourceSecurityGroupId: { Ref: 'LoadBalancerSecurityGroupId' },
          FromPort: 8080,
          ToPort: 8080,
        }),
      ],
      SecurityGroupEgress: [Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 })],
    });
    production.services.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test('waits for its rule and for the permissions that its tasks start with', () => {
    production.services.hasResource('AWS::ECS::Service', {
      Properties: Match.objectLike({ ServiceName: `quilt-${service}` }),
      DependsOn: Match.arrayWith([
        Match.stringLikeRegexp(`^${logicalId}Rule`),
        Match.stringLikeRegexp(`^${logicalId}TaskExecutionRoleDefaultPolicy`),
      ]),
    });
  });

  test('its execution role reads only the current values of the two parameters', () => {
    const statements = statementsOf(production.services, `${logicalId}TaskExecutionRole`);
    const parameters = SECRETS.map(({ ValueFrom }) => ValueFrom);
    expect(statements.filter(({ Action }) => /^(ssm|kms):/.test(String([Action].flat()[0])))).toEqual([
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
    ]);
    expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:GetAuthorizationToken',
      'ecr:GetDownloadUrlForLayer',
      'kms:Decrypt',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'ssm:GetParameters',
    ]);
  });

  test('its task role may do nothing in S3 or anywhere else by itself, and only ECS of this account takes it', () => {
    const allowed = statementsOf(production.services, `${logicalId}TaskTaskRole`).flatMap(({ Action }) => Action);
    expect(allowed).toEqual(service === 'mcp' ? ['sts:AssumeRole', 'sts:SetSourceIdentity'] : []);
    const trust = Object.entries(production.services.findResources('AWS::IAM::Role'))
      .filter(([id]) => id.startsWith(`${logicalId}TaskTaskRole`))
      .map(([, { Properties }]) => Properties.AssumeRolePolicyDocument.Statement);
    expect(trust).toEqual([
      [
        expect.objectContaining({
          Principal: { Service: 'ecs-tasks.amazonaws.com' },
          Condition: {
            StringEquals: { 'aws:SourceAccount': '111122223333' },
            ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:us-east-1:111122223333:*' },
          },
        }),
      ],
    ]);
  });

  test('no role has a managed or an inline policy', () => {
    production.services.allResourcesProperties('AWS::IAM::Role', {
      ManagedPolicyArns: Match.absent(),
      Policies: Match.absent(),
    });
  });
});

describe('settings', () => {
  test('the catalog has all of its variables', () => {
    expect(variablesOf('catalog')).toEqual({
      PORT: '8080',
      LOG_LEVEL: 'info',
      QUILT_VERSION: expect.stringMatching(/^[0-9a-f]{12}$/),
      QUILT_CATALOG_URL: 'https://quilt.example.org',
      QUILT_REGISTRY_URL: 'https://registry.example.org',
      QUILT_ROLES: JSON.stringify(productionWith().roles),
      QUILT_TOKEN_LIFETIME_SECONDS: '3600',
      QUILT_MCP_PATH: '/mcp',
    });
  });

  test('roles of any language are ASCII in the template, which CloudFormation would alter otherwise', () => {
    const roles = defaultRoles('Forschung für Gäste 🧬');
    const { services } = synthesise(productionWith({ roles }));
    const text = JSON.stringify(services.toJSON());
    expect(text).toMatch(/^[\x20-\x7e]*$/);
    const [definition] = Object.values(
      services.findResources('AWS::ECS::TaskDefinition', { Properties: { Family: 'quilt-catalog' } }),
    );
    const variables: { Name: string; Value: string }[] = definition?.Properties.ContainerDefinitions[0].Environment;
    expect(JSON.parse(variables.find(({ Name }) => Name === 'QUILT_ROLES')?.Value ?? '')).toEqual(roles);
  });

  test('the MCP service has all of its variables', () => {
    expect(variablesOf('mcp')).toEqual({
      PORT: '8080',
      LOG_LEVEL: 'info',
      QUILT_VERSION: expect.stringMatching(/^[0-9a-f]{12}$/),
      QUILT_CATALOG_URL: 'https://quilt.example.org',
      QUILT_REGISTRY_URL: 'https://registry.example.org',
      QUILT_TOKEN_LEEWAY_SECONDS: '10',
      QUILT_DEPLOYMENT: 'quilt',
      QUILT_ALLOWED_ORIGINS: '[]',
      QUILT_DATA_BUCKETS: 'quilt-example-*',
      QUILT_DATA_ROLE_ARN: { 'Fn::GetAtt': [expect.stringMatching(/^McpDataAccessRole/), 'Arn'] },
    });
  });

  function variablesOf(service: 'catalog' | 'mcp') {
    const { Environment } = containerOf(service);
    return Object.fromEntries(Environment.map(({ Name, Value }: { Name: string; Value: string }) => [Name, Value]));
  }
});

describe('routing', () => {
  const hostHeader = { Field: 'host-header', HostHeaderConfig: { Values: ['quilt.example.org'] } };

  test('MCP gets its path with and without a slash behind it, and its metadata, before the catalog gets the rest', () => {
    production.services.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 2);
    production.services.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      ListenerArn: { Ref: 'ListenerArn' },
      Priority: 10,
      Conditions: [
        hostHeader,
        {
          Field: 'path-pattern',
          PathPatternConfig: { Values: ['/mcp', '/mcp/*', '/.well-known/oauth-protected-resource*'] },
        },
      ],
      Actions: [{ Type: 'forward', TargetGroupArn: { Ref: Match.stringLikeRegexp('^McpTargets') } }],
    });
    production.services.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      ListenerArn: { Ref: 'ListenerArn' },
      Priority: 20,
      Conditions: [hostHeader],
      Actions: [{ Type: 'forward', TargetGroupArn: { Ref: Match.stringLikeRegexp('^CatalogTargets') } }],
    });
  });
});

test('the catalog is deployed after MCP', () => {
  production.services.hasResource('AWS::ECS::Service', {
    Properties: Match.objectLike({ ServiceName: 'quilt-catalog' }),
    DependsOn: Match.arrayWith([Match.stringLikeRegexp('^McpService')]),
  });
});

describe('images', () => {
  test('built ones come from the bootstrap repository, named by the hash of all they are built from', () => {
    expect(JSON.stringify(containerOf('mcp').Image)).toMatch(
      /cdk-hnb659fds-container-assets-111122223333-us-east-1:[0-9a-f]{64}/,
    );
    const assets = JSON.parse(production.files.get('Services.assets.json') ?? '');
    const platforms = Object.values<{ source: { platform: string } }>(assets.dockerImages).map(
      ({ source }) => source.platform,
    );
    expect(platforms).toEqual(['linux/amd64', 'linux/amd64']);
  });

  test('built ones are made of the Dockerfile and the bundle alone', () => {
    const contexts = [...production.files.keys()].filter((path) => /\/(Dockerfile|server\.mjs)$/.test(path));
    const folders = new Set(contexts.map((path) => path.split('/')[0]));
    const all = [...production.files.keys()].filter((path) => folders.has(path.split('/')[0]));
    expect(folders.size).toBe(2);
    expect(
      all
        .filter((path) => !path.endsWith('.dockerignore'))
        .map((path) => path.replace(/^[^/]*\//, ''))
        .sort(),
    ).toEqual(['Dockerfile', 'Dockerfile', 'dist/server.mjs', 'dist/server.mjs']);
  });

  test('given ones are named by digest; another account’s repository may be pulled from, and a public one needs no permission', () => {
    // GIVEN
    const { services, findings } = synthesise(
      productionWith({
        services: {
          mcp: {
            image: {
              kind: 'reference',
              uri: `444455556666.dkr.ecr.us-east-1.amazonaws.com/team/mcp@sha256:${DIGEST}`,
              platform: 'linux/arm64',
            },
          },
          catalog: { image: { kind: 'reference', uri: `registry.example.org/catalog@sha256:${DIGEST}` } },
        },
      }),
    );

    // THEN
    expect(findings).toEqual([]);
    services.hasResourceProperties('AWS::ECS::TaskDefinition', {
      Family: 'quilt-mcp',
      RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
      ContainerDefinitions: [
        Match.objectLike({
          Image: {
            'Fn::Join': [
              '',
              ['444455556666.dkr.ecr.us-east-1.', { Ref: 'AWS::URLSuffix' }, `/team/mcp@sha256:${DIGEST}`],
            ],
          },
        }),
      ],
    });
    services.hasResourceProperties('AWS::ECS::TaskDefinition', {
      Family: 'quilt-catalog',
      RuntimePlatform: { CpuArchitecture: 'X86_64', OperatingSystemFamily: 'LINUX' },
      ContainerDefinitions: [Match.objectLike({ Image: `registry.example.org/catalog@sha256:${DIGEST}` })],
    });
    expect(statementsOf(services, 'McpTaskExecutionRole').map(({ Resource }) => Resource)).toContain(
      'arn:aws:ecr:us-east-1:444455556666:repository/team/mcp',
    );
    expect(JSON.stringify(statementsOf(services, 'CatalogTaskExecutionRole'))).not.toContain('ecr:');
  });
});
