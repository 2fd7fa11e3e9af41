import { Match, type Template } from 'aws-cdk-lib/assertions';
import { checkEnvironment } from '../../../config/load.ts';
import type { EnvironmentInput } from '../../../config/schema.ts';
import { everythingImported } from '../../config/support/everything-imported.ts';
import { movedTo } from '../../config/support/moved-to.ts';
import { statementsOf } from '../support/iam.ts';
import { productionWith, type Synthesised, synthesise } from '../support/synthesise.ts';

const imported = (change: Partial<EnvironmentInput> = {}) =>
  synthesise(checkEnvironment({ ...everythingImported, ...change }, 'test'));

const templatesOf = ({ foundation, trust, services, operations }: Synthesised): Template[] => [
  foundation,
  trust,
  services,
  operations,
];

const idsOf = (synthesised: Synthesised, type: string): string[] =>
  templatesOf(synthesised).flatMap((template) => Object.keys(template.findResources(type)));

/** What is made where nothing is brought. */
const BROUGHT = [
  'AWS::EC2::VPC',
  'AWS::EC2::Subnet',
  'AWS::EC2::RouteTable',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::NatGateway',
  'AWS::EC2::VPCEndpoint',
  'AWS::EC2::FlowLog',
  'AWS::ECS::Cluster',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::CertificateManager::Certificate',
  'AWS::KMS::Key',
  'AWS::KMS::Alias',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
];

let commercial: Synthesised;
let govCloud: Synthesised;
let china: Synthesised;

beforeAll(() => {
  commercial = imported();
  govCloud = imported(movedTo('us-gov-west-1', 'aws-us-gov', everythingImported));
  china = imported(movedTo('cn-north-1', 'aws-cn', everythingImported));
});

describe.each([
  ['commercial', () => commercial, 'aws', 'us-east-1'],
  ['GovCloud', () => govCloud, 'aws-us-gov', 'us-gov-west-1'],
  ['China', () => china, 'aws-cn', 'cn-north-1'],
] as const)('%s: where everything is brought', (_, synthesised, partition, region) => {
  test('nothing of it is made again', () => {
    expect(BROUGHT.flatMap((type) => idsOf(synthesised(), type))).toEqual([]);
  });

  test('the only log groups are those of the functions and of the state machine', () => {
    expect(idsOf(synthesised(), 'AWS::Logs::LogGroup')).toEqual([
      expect.stringMatching(/^SharedSecretMaker/),
      expect.stringMatching(/^Canary/),
      expect.stringMatching(/^RotationFunction/),
      expect.stringMatching(/^RotationStateMachine/),
      expect.stringMatching(/^DeployGate/),
    ]);
  });

  test('the only security groups are those of the tasks', () => {
    expect(idsOf(synthesised(), 'AWS::EC2::SecurityGroup').sort()).toEqual([
      expect.stringMatching(/^Catalog/),
      expect.stringMatching(/^Mcp/),
    ]);
  });

  test('synthesis asks no account for anything and breaks no rule', () => {
    expect(synthesised().missing).toEqual([]);
    expect(synthesised().findings).toEqual([]);
  });

  test('every ARN is one of the partition', () => {
    const arns = templatesOf(synthesised()).flatMap((template) =>
      Array.from(JSON.stringify(template.toJSON()).matchAll(/\barn:[^:"]*:/g), ([arn]) => arn),
    );
    expect(arns.length).toBeGreaterThan(50);
    expect(new Set(arns)).toEqual(new Set([`arn:${partition}:`]));
  });

  test('every alarm goes to the topic, and both services are in the cluster and in the log groups', () => {
    const { foundation, services, operations } = synthesised();
    operations.allResourcesProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [`arn:${partition}:sns:${region}:444455556666:platform-alarms`],
    });
    services.allResourcesProperties('AWS::ECS::Service', { Cluster: 'shared' });
    expect(publishedBy(foundation)).toMatchObject({
      'catalog-log-group': '/ecs/quilt-catalog',
      'mcp-log-group': '/ecs/quilt-mcp',
    });
  });
});

test('everything that is imported here is created where nothing is imported', () => {
  const made = synthesise(productionWith());
  expect(BROUGHT.filter((type) => idsOf(made, type).length === 0)).toEqual([]);
});

function publishedBy(foundation: Template): Record<string, unknown> {
  const parameters = Object.values(foundation.findResources('AWS::SSM::Parameter'));
  return Object.fromEntries(
    parameters.map(({ Properties }) => [Properties.Name.replace('/quilt/foundation/v1/', ''), Properties.Value]),
  );
}

test('the other stacks learn of what is brought as of what is made', () => {
  expect(publishedBy(commercial.foundation)).toMatchObject({
    'vpc-id': 'vpc-0123456789abcdef0',
    'private-subnet-ids': 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
    'listener-arn':
      'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/shared/0123456789abcdef/fedcba9876543210',
    'load-balancer-security-group-id': 'sg-0123456789abcdef0',
    'load-balancer-dns-name': 'shared-1234567890.us-east-1.elb.amazonaws.com',
    'encryption-key-arn': 'arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000002',
  });
});

test('canary and rotation know the cluster, and may do nothing in another', () => {
  for (const variable of ['CANARY_CLUSTER', 'ROTATION_CLUSTER'])
    commercial.trust.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ [variable]: 'shared' }) },
    });
  const ecs = ['CanaryRole', 'RotationFunctionRole']
    .flatMap((role) => statementsOf(commercial.trust, role))
    .filter(({ Action }) => String([Action].flat()[0]).startsWith('ecs:'));
  const clusters = Array.from(
    JSON.stringify(ecs).matchAll(/:(?:cluster|service|task)\/([^/"]+)/g),
    ([, cluster]) => cluster,
  );
  expect(clusters.length).toBeGreaterThan(4);
  expect(new Set(clusters)).toEqual(new Set(['shared']));
});

describe('an imported load balancer', () => {
  const listenerArn =
    'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/shared/0123456789abcdef/fedcba9876543210';

  test('gets the certificate beside its own, and the host name points to it', () => {
    commercial.foundation.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerCertificate', {
      ListenerArn: listenerArn,
      Certificates: [
        { CertificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-4000-8000-000000000001' },
      ],
    });
    commercial.foundation.hasResourceProperties('AWS::Route53::RecordSet', {
      Name: 'quilt.example.org.',
      Type: 'A',
      HostedZoneId: 'Z0123456789ABCDEFGHIJ',
      AliasTarget: { DNSName: 'shared-1234567890.us-east-1.elb.amazonaws.com', HostedZoneId: 'Z35SXDOTRQ7X7K' },
    });
  });

  test('gets a certificate that is made here, as a created load balancer does', () => {
    const { foundation, findings } = imported({ certificate: { kind: 'create' } });
    expect(findings).toEqual([]);
    foundation.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerCertificate', {
      Certificates: [{ CertificateArn: { Ref: Match.stringLikeRegexp('^LoadBalancerCertificate') } }],
    });
  });

  test('is left alone where it has the certificate, its group has the rules and DNS is kept outside', () => {
    const { addEgress: _, canonicalHostedZoneId: __, ...loadBalancer } = importedLoadBalancer();
    const { foundation, services, findings } = imported({
      certificate: { kind: 'listener' },
      dns: { kind: 'outside' },
      loadBalancer,
    });
    expect(findings).toEqual([]);
    foundation.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerCertificate', 0);
    foundation.resourceCountIs('AWS::Route53::RecordSet', 0);
    services.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
  });

  test('has two rules, with the priorities that the configuration says', () => {
    const rules = commercial.services.findResources('AWS::ElasticLoadBalancingV2::ListenerRule');
    expect(Object.values(rules).map(({ Properties }) => Properties.Priority)).toEqual([310, 320]);
    commercial.services.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      ListenerArn: { Ref: 'ListenerArn' },
      Priority: 310,
      Conditions: Match.arrayWith([
        {
          Field: 'path-pattern',
          PathPatternConfig: { Values: ['/mcp', '/mcp/*', '/.well-known/oauth-protected-resource*'] },
        },
      ]),
    });
  });

  test('reaches the tasks alone by the rules that are added to its group, before a service is made', () => {
    commercial.services.resourceCountIs('AWS::EC2::SecurityGroupEgress', 2);
    for (const [id, port] of [
      ['Mcp', 8000],
      ['Catalog', 8080],
    ] as const) {
      commercial.services.hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
        GroupId: { Ref: 'LoadBalancerSecurityGroupId' },
        DestinationSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^${id}SecurityGroup`), 'GroupId'] },
        IpProtocol: 'tcp',
        FromPort: port,
        ToPort: port,
      });
      commercial.services.hasResource('AWS::ECS::Service', {
        Properties: Match.objectLike({ ServiceName: `quilt-${id.toLowerCase()}` }),
        DependsOn: Match.arrayWith([Match.stringLikeRegexp(`^${id}LoadBalancerEgress`)]),
      });
    }
  });

  test('that is internal is asked from inside of its VPC', () => {
    const { trust } = imported({ loadBalancer: { ...importedLoadBalancer(), scheme: 'internal' } });
    trust.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'quilt-canary',
      VpcConfig: Match.objectLike({
        SubnetIds: [0, 1].map((index) => ({
          'Fn::Select': [index, { 'Fn::Split': [',', { Ref: 'PrivateSubnetIds' }] }],
        })),
      }),
    });
  });
});

function importedLoadBalancer() {
  const { loadBalancer } = everythingImported;
  if (loadBalancer.kind !== 'import') throw new Error('The example imports its load balancer.');
  return loadBalancer;
}

test('every role has the boundary and the path, whichever construct creates it', () => {
  const roles = templatesOf(commercial).flatMap((template) => Object.values(template.findResources('AWS::IAM::Role')));
  expect(roles.length).toBeGreaterThan(10);
  for (const { Properties } of roles)
    expect(Properties).toMatchObject({
      PermissionsBoundary: 'arn:aws:iam::111122223333:policy/workloads',
      Path: '/quilt/',
    });
});

test('without rules for roles none has a boundary or a path', () => {
  for (const template of templatesOf(imported({ iam: {} })))
    for (const { Properties } of Object.values(template.findResources('AWS::IAM::Role'))) {
      expect(Properties).not.toHaveProperty('PermissionsBoundary');
      expect(Properties).not.toHaveProperty('Path');
    }
});

describe('images of others', () => {
  const pullsOf = ({ services }: Synthesised, role: string) =>
    statementsOf(services, role).filter(({ Action }) => [Action].flat().some((action) => action.startsWith('ecr:')));
  const signsIn = { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' };
  const pulls = {
    Effect: 'Allow',
    Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  };

  test('are pulled from exactly their repository of the other account', () => {
    expect(pullsOf(commercial, 'McpTaskExecutionRole')).toEqual([
      { ...pulls, Resource: 'arn:aws:ecr:us-east-1:444455556666:repository/quilt/mcp' },
      signsIn,
    ]);
    expect(pullsOf(china, 'CatalogTaskExecutionRole')).toEqual([
      { ...pulls, Resource: 'arn:aws-cn:ecr:cn-north-1:444455556666:repository/quilt/catalog' },
      signsIn,
    ]);
  });

  test('are pulled from another region of the partition', () => {
    // GIVEN
    const uri = `444455556666.dkr.ecr.eu-west-1.amazonaws.com/quilt/mcp@sha256:${'3'.repeat(64)}`;
    const { mcp, catalog } = everythingImported.services;
    const synthesised = imported({ services: { catalog, mcp: { ...mcp, image: { kind: 'reference', uri } } } });

    // THEN
    expect(synthesised.findings).toEqual([]);
    expect(pullsOf(synthesised, 'McpTaskExecutionRole')).toEqual([
      { ...pulls, Resource: 'arn:aws:ecr:eu-west-1:444455556666:repository/quilt/mcp' },
      signsIn,
    ]);
    expect(JSON.stringify(containerOf(synthesised).Image)).toContain('444455556666.dkr.ecr.eu-west-1.');
  });

  test('have their own port, health path, path, variables and places to write to', () => {
    const container = containerOf(commercial);
    expect(container).toMatchObject({
      ReadonlyRootFilesystem: true,
      PortMappings: [{ ContainerPort: 8000 }],
      MountPoints: [{ ContainerPath: '/tmp', ReadOnly: false, SourceVolume: 'writable-0' }],
      Environment: expect.arrayContaining([
        { Name: 'FASTMCP_TRANSPORT', Value: 'streamable-http' },
        { Name: 'PORT', Value: '8000' },
        { Name: 'QUILT_CATALOG_URL', Value: 'https://quilt.example.org' },
      ]),
    });
    commercial.services.hasResourceProperties('AWS::ECS::TaskDefinition', {
      Family: 'quilt-mcp',
      Volumes: [{ Name: 'writable-0' }],
    });
    commercial.services.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      Port: 8000,
      HealthCheckPath: '/healthz',
    });
  });

  test('use the configured path, while the catalog and the listener use it without a final slash', () => {
    for (const variable of ['CANARY_MCP_PATH', 'ROTATION_MCP_PATH'])
      commercial.trust.hasResourceProperties('AWS::Lambda::Function', {
        Environment: { Variables: Match.objectLike({ [variable]: '/mcp/' }) },
      });
    commercial.services.hasResourceProperties('AWS::ECS::TaskDefinition', {
      Family: 'quilt-catalog',
      ContainerDefinitions: [
        Match.objectLike({ Environment: Match.arrayWith([{ Name: 'QUILT_MCP_PATH', Value: '/mcp' }]) }),
      ],
    });
  });

  function containerOf({ services }: Synthesised) {
    const [task] = Object.values(
      services.findResources('AWS::ECS::TaskDefinition', { Properties: { Family: 'quilt-mcp' } }),
    );
    return task?.Properties.ContainerDefinitions[0];
  }
});
