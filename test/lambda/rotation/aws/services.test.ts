import { ECSClient } from '@aws-sdk/client-ecs';
import { servicePort } from '../../../../lambda/rotation/aws/services.ts';
import { closeServers } from '../../support/servers.ts';
import { type Answers, startScriptedAws } from '../support/scripted-aws.ts';
import { SETTINGS } from '../support/settings.ts';

const SECOND = 1_767_225_600;

async function open(answers: Answers) {
  const asked = await startScriptedAws(answers);
  const port = servicePort(new ECSClient({ maxAttempts: 1 }), SETTINGS, new AbortController().signal);
  return { asked, port };
}

/** An ECS with an active service, whose tasks it lists by what they are to be. */
function active(tasks: { readonly RUNNING: readonly string[]; readonly STOPPED: readonly string[] }): Answers {
  return {
    DescribeServices: () => ({ services: [{ status: 'ACTIVE', deployments: [] }] }),
    ListTasks: ({ desiredStatus, nextToken }) => {
      const start = Number(nextToken ?? 0);
      const all = tasks[desiredStatus as keyof typeof tasks];
      const end = start + 100;
      return { taskArns: all.slice(start, end), ...(end < all.length && { nextToken: String(end) }) };
    },
    DescribeTasks: (input) => {
      const arns = input.tasks as readonly string[];
      if (arns.length === 0 || arns.length > 100) throw new Error('ECS describes 1 to 100 tasks.');
      return { tasks: arns.map((taskArn) => ({ taskArn, createdAt: SECOND, lastStatus: `status of ${taskArn}` })) };
    },
  };
}

const named = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}-${index}`);

afterEach(closeServers);

test('returns every running or stopping task, from any number of pages', async () => {
  const tasks = { RUNNING: named('running', 230), STOPPED: named('stopped', 120) };
  const { asked, port } = await open(active(tasks));
  const { tasks: seen } = await port.look('mcp');
  const all = [...tasks.RUNNING, ...tasks.STOPPED];
  expect(seen).toEqual(all.map((arn) => ({ createdAt: SECOND * 1000, status: `status of ${arn}` })));
  for (const { input } of asked) expect(input).toMatchObject({ cluster: 'cluster' });
  const listed = asked.filter(({ operation }) => operation === 'ListTasks');
  expect(new Set(listed.map(({ input }) => input.serviceName))).toEqual(new Set(['mcp-service']));
});

test('counts a task once that begins to stop while ECS is asked', async () => {
  const { port } = await open(active({ RUNNING: ['one', 'two'], STOPPED: ['two'] }));
  expect((await port.look('mcp')).tasks).toHaveLength(2);
});

test('does not call DescribeTasks without tasks', async () => {
  const { asked, port } = await open(active({ RUNNING: [], STOPPED: [] }));
  expect(await port.look('catalog')).toEqual({ deployments: [], tasks: [] });
  expect(asked.map(({ operation }) => operation)).toEqual(['DescribeServices', 'ListTasks', 'ListTasks']);
  expect(asked[0]?.input.services).toEqual(['catalog-service']);
});

test('distinguishes the primary deployment from others, with the state of each', async () => {
  const deployments = [
    { id: 'ecs-svc/2', status: 'PRIMARY', createdAt: SECOND + 1, rolloutState: 'IN_PROGRESS' },
    { id: 'ecs-svc/1', status: 'ACTIVE', createdAt: SECOND, rolloutState: 'COMPLETED' },
    { id: 'ecs-svc/0', status: 'INACTIVE' },
  ];
  const { port } = await open({
    ...active({ RUNNING: [], STOPPED: [] }),
    DescribeServices: () => ({ services: [{ status: 'ACTIVE', deployments }] }),
  });
  expect((await port.look('mcp')).deployments).toEqual([
    { id: 'ecs-svc/2', primary: true, createdAt: (SECOND + 1) * 1000, state: 'IN_PROGRESS' },
    { id: 'ecs-svc/1', primary: false, createdAt: SECOND * 1000, state: 'COMPLETED' },
    { id: 'ecs-svc/0', primary: false, createdAt: 0, state: 'UNKNOWN' },
  ]);
});

test.each([
  ['is not known', { services: [], failures: [{ reason: 'MISSING' }] }],
  ['is being deleted', { services: [{ status: 'DRAINING' }] }],
  ['was deleted', { services: [{ status: 'INACTIVE' }] }],
])('a service that %s has no tasks that could be complete', async (_, answer) => {
  const { port } = await open({ ...active({ RUNNING: [], STOPPED: [] }), DescribeServices: () => answer });
  await expect(port.look('mcp')).rejects.toThrow(
    'ECS has no active mcp service. Deploy the Services stack, then rotate.',
  );
});

test('redeploys one service with its current definition, and returns the new deployment', async () => {
  const deployments = [
    { id: 'ecs-svc/1', status: 'ACTIVE' },
    { id: 'ecs-svc/2', status: 'PRIMARY' },
  ];
  const { asked, port } = await open({ UpdateService: () => ({ service: { deployments } }) });
  expect(await port.roll('catalog')).toBe('ecs-svc/2');
  const input = { cluster: 'cluster', service: 'catalog-service', forceNewDeployment: true };
  expect(asked).toEqual([{ operation: 'UpdateService', input }]);
});
