import { App, CfnResource, Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { checkEnvironment } from '../../config/load.ts';
import { findings } from '../../lib/findings.ts';
import { everythingImported } from '../config/support/everything-imported.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { policiesOf, rolesThatMay } from './support/iam.ts';
import { localEnvironment, productionWith, type Synthesised, synthesise } from './support/synthesise.ts';

// Here the CDK checks every template against AWS's own rules too, as in each deploy to AWS; jest.config.js turns it off.
process.env.CDK_VALIDATION = 'true';

const outdir = temporaryDirectory();
let production: Synthesised;
let local: Synthesised;

beforeAll(() => {
  production = synthesise(productionWith());
  local = synthesise(localEnvironment());
});

const templatesOf = ({ foundation, trust, services, operations }: Synthesised): Template[] => [
  foundation,
  trust,
  services,
  operations,
];

// CloudFormation returns any other character as a question mark: a revision with one could not be restored.
test('no template has a character outside ASCII', () => {
  const imported = synthesise(checkEnvironment(everythingImported, 'test'));
  for (const template of [production, local, imported].flatMap(templatesOf))
    expect(JSON.stringify(template.toJSON()).match(/.{0,40}[^\x20-\x7e].{0,20}/)?.[0]).toBeUndefined();
});

test('both environments break no rule of cdk-nag or CDK without a reason', () => {
  expect(production.findings).toEqual([]);
  expect(local.findings).toEqual([]);
});

test('what AWS would refuse is a finding', () => {
  const stack = new Stack(new App({ outdir: outdir() }), 'Stack');
  new CfnResource(stack, 'Topic', { type: 'AWS::SNS::Topic', properties: { Subscribers: [] } });
  jest.spyOn(console, 'error').mockImplementation();
  const assembly = App.of(stack)?.synth().directory ?? '';
  jest.restoreAllMocks();
  expect(findings(assembly)).toEqual([expect.stringMatching(/^Stack\/Topic: .*Subscribers/)]);
});

test.each([
  [
    'which makes all that can be made',
    productionWith({
      ci: { repository: 'example/quilt-deployment', environment: 'live', pullRequestDiffs: true },
      loadBalancer: { kind: 'create', scheme: 'internal', clientCidrs: ['10.9.0.0/16'] },
      operations: { emails: ['platform@example.org'] },
    }),
  ],
  ['which brings all that can be brought', checkEnvironment(everythingImported, 'test')],
  ['without buckets', productionWith({ dataAccess: { buckets: [] } })],
])('an environment %s breaks no rule either', (_what, config) => {
  expect(synthesise(config).findings).toEqual([]);
});

test('two syntheses are byte-identical', () => {
  // In one place, since CDK notes in the assembly from where it was called.
  const [one, other] = [0, 1].map(() => synthesise(productionWith()));
  expect(one?.digests.size).toBeGreaterThan(10);
  expect(one?.digests).toEqual(other?.digests);
});

test('synthesis asks no account for anything', () => {
  expect(production.missing).toEqual([]);
  expect(local.missing).toEqual([]);
});

test('the stateful stack is protected, and the stacks are deployed in their order', () => {
  const { artifacts } = JSON.parse(production.files.get('manifest.json') ?? '');
  expect(artifacts.Foundation.properties).toMatchObject({ stackName: 'quilt-foundation', terminationProtection: true });
  expect(artifacts.Trust.properties.stackName).toBe('quilt-trust');
  expect(artifacts.Services.properties.stackName).toBe('quilt-services');
  expect(artifacts.Trust.dependencies).toContain('Foundation');
  expect(artifacts.Services.dependencies).toEqual(expect.arrayContaining(['Foundation', 'Trust']));
  expect(artifacts.Operations.properties.stackName).toBe('quilt-operations');
  expect(artifacts.Operations.dependencies).toContain('Services');
});

describe('references between stacks', () => {
  test('are read by CloudFormation at deployment: nothing is exported, imported or taken from outputs', () => {
    for (const template of templatesOf(production)) {
      const text = JSON.stringify(template.toJSON());
      expect(text).not.toContain('Fn::ImportValue');
      expect(text).not.toContain('Fn::GetStackOutput');
      expect(Object.values(template.findOutputs('*')).every((output) => !('Export' in output))).toBe(true);
    }
  });

  test('are all published by Foundation', () => {
    const published = Object.values(production.foundation.findResources('AWS::SSM::Parameter')).map(
      ({ Properties }) => Properties.Name,
    );
    for (const template of [production.trust, production.services, production.operations])
      for (const { Type, Default } of Object.values(template.findParameters('*'))) {
        expect(Type).toBe('AWS::SSM::Parameter::Value<String>');
        if (Default !== '/cdk-bootstrap/hnb659fds/version') expect(published).toContain(Default);
      }
  });
});

/** Actions that IAM allows on * alone; the cluster of ListTasks is a condition. */
const KNOWS_NO_RESOURCE =
  /^(ecr:GetAuthorizationToken|ecs:ListTasks|xray:(GetSampling(Rules|Targets)|Put(TelemetryRecords|TraceSegments))|logs:((Create|Get|Update|Delete)LogDelivery|ListLogDeliveries|PutResourcePolicy|Describe(ResourcePolicies|LogGroups)))$/;

describe('permissions', () => {
  test('five roles decrypt: the secret’s maker, the canary, the rotation and both execution roles', () => {
    expect(templatesOf(production).flatMap((template) => rolesThatMay(template, 'kms:Decrypt'))).toEqual([
      expect.stringMatching(/^SharedSecretMakerRole/),
      expect.stringMatching(/^CanaryRole/),
      expect.stringMatching(/^RotationFunctionRole/),
      expect.stringMatching(/^McpTaskExecutionRole/),
      expect.stringMatching(/^CatalogTaskExecutionRole/),
    ]);
  });

  test.each([
    ['sees retired secrets', 'ssm:GetParameterHistory', [/^RotationFunctionRole/]],
    ['writes parameters', 'ssm:PutParameter', [/^SharedSecretMakerRole/, /^RotationFunctionRole/]],
    ['deletes parameters', 'ssm:DeleteParameter', [/^RotationFunctionRole/]],
    [
      'starts rotations',
      'states:StartExecution',
      [/^CanaryRole/, /^RotationScheduleRole/, /^RotationParameterChangesRole/],
    ],
    ['replaces tasks', 'ecs:UpdateService', [/^RotationFunctionRole/]],
  ])('no other role %s', (_, action, roles) => {
    expect(templatesOf(production).flatMap((template) => rolesThatMay(template, action))).toEqual(
      roles.map((role) => expect.stringMatching(role)),
    );
  });

  test('no role has a managed policy, and only actions without resource-level permissions are allowed on *', () => {
    for (const template of templatesOf(production)) {
      for (const { Properties } of Object.values(template.findResources('AWS::IAM::Role')))
        expect(Properties.ManagedPolicyArns).toBeUndefined();
      for (const { statements } of policiesOf(template))
        for (const { Action, Resource } of statements)
          if ([Resource].flat().includes('*'))
            for (const action of [Action].flat()) expect(action).toMatch(KNOWS_NO_RESOURCE);
    }
  });
});

test('a secret that is refused stops the deployment before there is a load balancer', () => {
  const balancers = production.foundation.findResources('AWS::ElasticLoadBalancingV2::LoadBalancer');
  const [secret] = Object.keys(production.foundation.findResources('Custom::SharedSecret'));
  expect(Object.values(balancers).map(({ DependsOn }) => DependsOn)).toEqual([expect.arrayContaining([secret])]);
});

test('no two deployments of one account have a name in common', () => {
  const chosen = (synthesised: Synthesised) => templatesOf(synthesised).flatMap(chosenNames);
  const other = chosen(synthesise(productionWith({ namePrefix: 'other' })));
  expect(chosen(production).filter((name) => other.includes(name))).toEqual([]);
});

/** The physical names that a template chooses. */
function chosenNames(template: Template): string[] {
  const properties = [
    'Name',
    'ClusterName',
    'ServiceName',
    'FunctionName',
    'AliasName',
    'Family',
    'RoleName',
    'StateMachineName',
    'LogGroupName',
    'AlarmName',
    // Of Custom::SharedSecret: a deployment that shares these shares the secret, under the key of one of them.
    'SecretParameterName',
    'KeySetParameterName',
  ];
  return Object.values(
    template.toJSON().Resources as Record<string, { Type: string; Properties?: Record<string, unknown> }>,
  )
    .filter(({ Type }) => Type !== 'AWS::Route53::RecordSet')
    .flatMap(({ Properties = {} }) => properties.map((property) => Properties[property]))
    .filter((name) => typeof name === 'string');
}

test('an existing network and key are used unchanged', () => {
  // GIVEN
  const arn = 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000001';
  const { foundation, findings } = synthesise(
    productionWith({
      vpc: {
        kind: 'import',
        vpcId: 'vpc-00000001',
        cidr: '10.1.0.0/16',
        availabilityZones: ['us-east-1a', 'us-east-1b'],
        privateSubnetIds: ['subnet-0000000a', 'subnet-0000000b'],
        publicSubnetIds: ['subnet-0000000c', 'subnet-0000000d'],
      },
      encryptionKey: { kind: 'import', arn },
    }),
  );

  // THEN
  expect(findings).toEqual([]);
  for (const type of ['AWS::EC2::VPC', 'AWS::EC2::Subnet', 'AWS::EC2::FlowLog', 'AWS::KMS::Key', 'AWS::KMS::Alias'])
    foundation.resourceCountIs(type, 0);
  foundation.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    Subnets: ['subnet-0000000c', 'subnet-0000000d'],
  });
  foundation.hasResourceProperties('AWS::SSM::Parameter', {
    Name: '/quilt/foundation/v1/private-subnet-ids',
    Value: 'subnet-0000000a,subnet-0000000b',
  });
  foundation.hasResourceProperties('Custom::SharedSecret', { EncryptionKeyArn: arn });
});

test('no template takes a secret out of Parameter Store, or anything from the resource that makes them', () => {
  for (const { file, text } of templateFiles(production)) {
    expect({ file, reads: text.match(/resolve:ssm|"(Ref|Fn::GetAtt)": \[?\s*"SharedSecretParameters/g) }).toEqual({
      file,
      reads: null,
    });
  }
});

function templateFiles({ files }: Synthesised) {
  return [...files].filter(([file]) => file.endsWith('.template.json')).map(([file, text]) => ({ file, text }));
}

test('other partitions have their own ARNs and break no rule either', () => {
  const govCloud = synthesise(
    productionWith({
      region: 'us-gov-west-1',
      vpc: { kind: 'create', availabilityZones: ['us-gov-west-1a', 'us-gov-west-1b'] },
    }),
  );
  expect(govCloud.findings).toEqual([]);
  for (const { text } of templateFiles(govCloud)) expect(text).not.toContain('arn:aws:');
});
