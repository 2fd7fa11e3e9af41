import { type Answer, type AnswerTo, scriptedAws } from '../cli/preflight/support/scripted-aws.ts';
import { runCli } from '../cli/support/run-cli.ts';
import { closeServers } from '../lambda/support/servers.ts';

/** The program synthesises the example environment, on a machine that may be busy. */
jest.setTimeout(120_000);

const ACCOUNT: Readonly<Record<string, Answer | AnswerTo>> = {
  GetCallerIdentity: { Account: '111122223333', Arn: 'arn:aws:sts::111122223333:assumed-role/Operator/alice' },
  GetParameter: ({ Name }) =>
    String(Name).startsWith('/cdk-bootstrap/')
      ? { Parameter: { Name, Value: '30' } }
      : { Parameter: { Name, Value: String(Name).endsWith('state-table-name') ? 'the-table' : 'arn:the-listener' } },
  DescribeStacks: { error: 'ValidationError' },
  GetItem: {},
  GetHostedZone: { HostedZone: { Id: 'Z0123456789ABCDEFGHIJ', Name: 'example.org.', CallerReference: 'a' } },
  DescribeRules: { Rules: [] },
  ListStackResources: { error: 'ValidationError' },
};

afterEach(closeServers);

async function check(answers: Readonly<Record<string, Answer | AnswerTo>>, ...args: readonly string[]) {
  const { endpoint, asked } = await scriptedAws({ ...ACCOUNT, ...answers });
  const ended = await runCli(['deploy', '--environment', 'production', ...args], endpoint);
  return { ...ended, operations: new Set(asked.map(({ operation }) => operation)) };
}

test('shows all failed checks at once, exits with 2 for a wrong configuration, and deploys nothing', async () => {
  const { status, stdout, operations } = await check({
    GetItem: ({ Key }) =>
      (Key as { pk: { S: string } }).pk.S === 'lock'
        ? { Item: { owner: { S: 'alice' }, kind: { S: 'by-hand' }, takenAt: { S: '2026-01-02T03:04:05Z' } } }
        : {},
    GetHostedZone: { error: 'NoSuchHostedZone' },
    DescribeRules: { Rules: [{ RuleArn: 'arn:of-another', Priority: '10', IsDefault: false }] },
  });
  const looked = [...stdout.matchAll(/^ {2}[✔✘–] ([\w ]+):/gm)].map(([, about]) => about);
  expect(looked).toEqual([
    'credentials',
    'account and region',
    'Services stack',
    'deploy lock',
    'rotation',
    'hosted zone',
    'synthesis',
    'CDK bootstrap',
    'Foundation stack',
    'Trust stack',
    'Operations stack',
    'built images',
    'listener rule priorities',
  ]);
  expect(stdout).toMatch(/^ {2}✔ credentials: arn:aws:sts::111122223333:assumed-role\/Operator\/alice$/m);
  expect(stdout).toMatch(/^ {2}✘ deploy lock: held since .+\n {6}Wait until .+$/m);
  expect(stdout).toMatch(/^ {2}✘ hosted zone: Z0123456789ABCDEFGHIJ does not exist\n {6}Fix dns\.hostedZoneId .+$/m);
  expect(stdout).toMatch(
    /^ {2}✘ listener rule priorities: already used by other rules .+ 10\n {6}Choose other priorities .+$/m,
  );
  expect(stdout).toMatch(/\nNothing was deployed: 3 checks failed\.\n$/);
  expect(status).toBe(2);
  expect([...operations].filter((operation) => !/^(Get|Describe|List)/.test(operation))).toEqual([]);
});

test('stops after the first check with credentials of another account', async () => {
  const answers = { GetCallerIdentity: { Account: '999988887777', Arn: 'arn:aws:iam::999988887777:user/mallory' } };
  const { status, stdout, operations } = await check(answers, '--check', '--json');
  expect(status).toBe(3);
  expect(JSON.parse(stdout)).toEqual({
    environment: 'production',
    findings: [
      { about: 'credentials', state: 'ok', detail: 'arn:aws:iam::999988887777:user/mallory' },
      expect.objectContaining({ about: 'account and region', state: 'failed', exitCode: 3 }),
    ],
    deploy: null,
  });
  expect([...operations]).toEqual(['GetCallerIdentity']);
});

test('reports a wrong configuration before asking AWS', async () => {
  const { status, stderr, operations } = await check({}, '-c', 'canary=report');
  expect(status).toBe(2);
  expect(stderr).toContain('-c reason');
  expect(operations.size).toBe(0);
});
