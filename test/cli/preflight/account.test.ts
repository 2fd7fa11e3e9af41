import { callerFindings } from '../../../cli/preflight/caller.ts';
import { preflightClients } from '../../../cli/preflight/clients.ts';
import { exitCodeOf, type Finding, findingLines } from '../../../cli/preflight/finding.ts';
import { bootstrapFindings } from '../../../cli/preflight/findings.ts';
import { imageFindings, imagesOf } from '../../../cli/preflight/images.ts';
import { listenerRuleFinding } from '../../../cli/preflight/listener-rules.ts';
import { closeServers, unusedOrigin } from '../../lambda/support/servers.ts';
import { type Answer, scriptedAws } from './support/scripted-aws.ts';

const PLACE = { account: '111122223333', region: 'us-east-1' };
const CALLER = 'arn:aws:sts::111122223333:assumed-role/Operator/alice';

afterEach(closeServers);

const stateOf = ({ state, detail, exitCode }: Finding) => [state, detail, exitCode ?? 0];

describe('caller', () => {
  const look = async (answer: Answer) =>
    callerFindings((await scriptedAws({ GetCallerIdentity: answer })).clients.sts, PLACE);

  test('accepts credentials for the account, and returns the principal', async () => {
    const { findings, caller } = await look({ Account: '111122223333', Arn: CALLER });
    expect(findings.map(stateOf)).toEqual([
      ['ok', CALLER, 0],
      ['ok', '111122223333, us-east-1', 0],
    ]);
    expect(caller).toBe(CALLER);
  });

  test('refuses those of another account, naming both', async () => {
    const { findings, caller } = await look({ Account: '999988887777', Arn: CALLER });
    expect(exitCodeOf(findings)).toBe(3);
    expect(findings.at(-1)?.detail).toMatch(/999988887777.*111122223333/);
    expect(caller).toBeUndefined();
  });

  test.each(['ExpiredToken', 'InvalidClientTokenId', 'RegionDisabledException', 'AccessDenied'])(
    'credentials that AWS does not accept (%s) are refused',
    async (error) => {
      const { findings, caller } = await look({ error });
      expect(findings.map(stateOf)).toEqual([['failed', `AWS does not accept them (${error})`, 3]]);
      expect(caller).toBeUndefined();
    },
  );

  test('exits with 4 when AWS is unreachable', async () => {
    const credentials = { accessKeyId: '111122223333', secretAccessKey: 'not-a-credential' };
    const { sts } = preflightClients({ endpoint: await unusedOrigin(), region: 'us-east-1', credentials });
    await expect(callerFindings(sts, PLACE)).rejects.toMatchObject({ exitCode: 4 });
  });
});

describe('bootstrap', () => {
  const stack = (version: number) => ({
    id: 'One',
    stackName: 'one',
    template: {},
    bootstrap: { parameter: '/cdk-bootstrap/hnb659fds/version', version },
  });
  const look = async (answer: Answer) => {
    const { clients, asked } = await scriptedAws({ GetParameter: answer });
    const findings = await bootstrapFindings(clients.ssm, [stack(6), stack(8)], PLACE);
    expect(asked).toHaveLength(1);
    return findings.map(stateOf);
  };

  test('has to be as new as the most demanding stack', async () => {
    expect(await look({ Parameter: { Value: '30' } })).toEqual([['ok', 'version 30', 0]]);
    expect(await look({ Parameter: { Value: '7' } })).toEqual([['failed', 'version 7; version 8 is required', 2]]);
    expect(await look({ error: 'ParameterNotFound' })).toEqual([['failed', 'not bootstrapped in us-east-1', 2]]);
  });
});

describe('images', () => {
  const DIGEST = `sha256:${'ab'.repeat(32)}`;
  const IN_ECR = `111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/mcp@${DIGEST}`;
  const look = async (images: readonly string[], answer: Answer = { images: [{}] }) => {
    const { clients, asked } = await scriptedAws({ BatchGetImage: answer });
    const regions: string[] = [];
    const ecrOf = (region: string) => {
      regions.push(region);
      return clients.ecrOf(region);
    };
    const findings = await imageFindings(images, { ecrOf });
    return { findings: findings.map(stateOf), regions, asked: asked.map(({ input }) => input) };
  };

  test('are looked up in their own account and region, each once', async () => {
    const { findings, regions, asked } = await look([IN_ECR, IN_ECR]);
    expect(findings).toEqual([['ok', 'exists', 0]]);
    expect(regions).toEqual(['eu-west-1']);
    expect(asked).toEqual([
      { registryId: '111122223333', repositoryName: 'team/mcp', imageIds: [{ imageDigest: DIGEST }] },
    ]);
  });

  test('of the CDK are looked up by tag, also in another partition', async () => {
    const { asked } = await look(['111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/cdk-assets:0a1b']);
    expect(asked).toEqual([
      { registryId: '111122223333', repositoryName: 'cdk-assets', imageIds: [{ imageTag: '0a1b' }] },
    ]);
  });

  test('that do not exist are reported, with exit code 2', async () => {
    const gone = { images: [], failures: [{ failureCode: 'ImageNotFound' }] };
    expect((await look([IN_ECR], gone)).findings).toEqual([['failed', 'not found in its repository', 2]]);
    const { findings } = await look([IN_ECR], { error: 'RepositoryNotFoundException' });
    expect(findings).toEqual([['failed', 'repository team/mcp does not exist in 111122223333, eu-west-1', 2]]);
  });

  test('of other registries are not checked', async () => {
    const { findings, asked } = await look([`ghcr.io/example/mcp@${DIGEST}`]);
    expect(findings).toEqual([['not-checked', 'its registry is not ECR', 0]]);
    expect(asked).toEqual([]);
  });

  test('of the local environment are those of this machine', async () => {
    const { clients, asked } = await scriptedAws();
    const there = `quilt.local/mcp@${DIGEST}`;
    const findings = await imageFindings([there, `quilt.local/catalog@${DIGEST}`], {
      ...clients,
      hasImage: (image) => image === there,
    });
    expect(findings.map(stateOf)).toEqual([
      ['ok', 'is on this machine', 0],
      ['failed', 'is not on this machine', 2],
    ]);
    expect(asked).toEqual([]);
  });

  test('of a template are given, or built by the CDK', () => {
    const task = (Image: unknown) => ({
      Type: 'AWS::ECS::TaskDefinition',
      Properties: { ContainerDefinitions: [{ Image }] },
    });
    const suffix = { Ref: 'AWS::URLSuffix' };
    const template = {
      Resources: {
        Given: task({ 'Fn::Join': ['', ['111122223333.dkr.ecr.cn-north-1.', suffix, `/mcp@${DIGEST}`]] }),
        Built: task({ 'Fn::Sub': `\${AWS::AccountId}.dkr.ecr.\${AWS::Region}.\${AWS::URLSuffix}/cdk:0a1b` }),
        Other: { Type: 'AWS::ECS::Service' },
      },
    };
    expect(imagesOf(template, { account: '111122223333', region: 'cn-north-1' })).toEqual({
      given: [`111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/mcp@${DIGEST}`],
      built: ['111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/cdk:0a1b'],
    });
  });
});

describe('listener rule priorities', () => {
  const rule = (Priority: number) => ({ Type: 'AWS::ElasticLoadBalancingV2::ListenerRule', Properties: { Priority } });
  const template = { Resources: { Mcp: rule(10), Catalog: rule(20) } };
  const inListener = (...rules: readonly (readonly [arn: string, priority: string])[]): Answer => ({
    Rules: [
      { RuleArn: 'arn:default', Priority: 'default', IsDefault: true },
      ...rules.map(([RuleArn, Priority]) => ({ RuleArn, Priority, IsDefault: false })),
    ],
  });
  const ours = {
    StackResourceSummaries: [
      {
        LogicalResourceId: 'Mcp',
        ResourceType: 'AWS::ElasticLoadBalancingV2::ListenerRule',
        PhysicalResourceId: 'arn:ours',
        LastUpdatedTimestamp: '2026-01-01T00:00:00Z',
        ResourceStatus: 'CREATE_COMPLETE',
      },
    ],
  };
  const look = async (
    DescribeRules: Answer,
    ListStackResources: Answer = ours,
    listener: string | undefined = 'arn:one',
  ) => {
    const { clients } = await scriptedAws({ DescribeRules, ListStackResources });
    return stateOf(await listenerRuleFinding(clients, template, listener, 'quilt-services'));
  };

  test('may be free, or ours already', async () => {
    expect(await look(inListener(['arn:ours', '10'], ['arn:of-another', '30']))).toEqual([
      'ok',
      '10, 20: free, or already used by this deployment',
      0,
    ]);
  });

  test('must not belong to other rules, even if none of ours exists', async () => {
    const found = ['failed', 'already used by other rules of the listener: 20', 2];
    expect(await look(inListener(['arn:ours', '10'], ['arn:of-another', '20']))).toEqual(found);
    expect(await look(inListener(['arn:of-another', '20']), { error: 'ValidationError' })).toEqual(found);
  });

  test('of a listener that does not exist are invalid', async () => {
    expect(await look({ error: 'ListenerNotFound' })).toEqual(['failed', 'listener arn:one does not exist', 2]);
  });
});

describe('report', () => {
  const failed = (exitCode: 2 | 3): Finding => ({
    about: 'a',
    state: 'failed',
    detail: 'b',
    remedy: 'Do c.',
    exitCode,
  });

  test('a wrong configuration takes precedence, and unchecked findings are no failure', () => {
    expect(exitCodeOf([failed(3), failed(2), failed(3)])).toBe(2);
    expect(exitCodeOf([failed(3), { about: 'a', state: 'ok', detail: 'b' }])).toBe(3);
    expect(exitCodeOf([{ about: 'a', state: 'not-checked', detail: 'b' }])).toBe(0);
  });

  test('shows each finding on a line, and each failure with a remedy below', () => {
    expect(findingLines({ about: 'a', state: 'ok', detail: 'b' })).toBe('  ✔ a: b');
    expect(findingLines({ about: 'a', state: 'not-checked', detail: 'b' })).toBe('  – a: b');
    expect(findingLines(failed(3))).toBe('  ✘ a: b\n      Do c.');
  });
});
