import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  paginateListTasks,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import type { ServiceRole } from '../../../contract/rotation.ts';
import type { Deployment, ServicePort, Task } from '../ports.ts';
import type { RotationSettings } from '../settings.ts';
import { awsCall } from './call.ts';

/** The maximum of DescribeTasks. */
const PAGE = 100;

/** The service does not exist: its deployment was destroyed, or never created. */
class ServiceMissing extends Error {
  override readonly name = 'ServiceMissing';

  constructor(service: ServiceRole) {
    super(`ECS has no active ${service} service. Deploy the Services stack, then rotate.`);
  }
}

/** ECS, by the SDK client. */
export function servicePort(
  client: ECSClient,
  { cluster, mcpService, catalogService }: RotationSettings,
  abortSignal: AbortSignal,
): ServicePort {
  const names: Record<ServiceRole, string> = { mcp: mcpService, catalog: catalogService };
  const options = { abortSignal };

  /** Running and stopping tasks: a draining task still serves and signs. */
  async function listTasks(serviceName: string): Promise<readonly string[]> {
    // A set: a task that begins to stop between the two calls is in both.
    const listed = new Set<string>();
    for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
      const pages = paginateListTasks({ client }, { cluster, serviceName, desiredStatus }, options);
      for await (const { taskArns = [] } of pages) for (const arn of taskArns) listed.add(arn);
    }
    return [...listed];
  }

  async function tasksOf(serviceName: string): Promise<readonly Task[]> {
    const arns = await awsCall('ecs:ListTasks', listTasks(serviceName));
    const tasks: Task[] = [];
    for (let start = 0; start < arns.length; start += PAGE) {
      const command = new DescribeTasksCommand({ cluster, tasks: arns.slice(start, start + PAGE) });
      const answer = await awsCall('ecs:DescribeTasks', client.send(command, options));
      for (const { createdAt, lastStatus = '' } of answer.tasks ?? []) {
        tasks.push({ createdAt: createdAt?.getTime() ?? 0, status: lastStatus });
      }
    }
    return tasks;
  }

  return {
    async look(role) {
      const command = new DescribeServicesCommand({ cluster, services: [names[role]] });
      // The service before its tasks: a deployment that begins in between then shows in its tasks.
      const { services: [service] = [] } = await awsCall('ecs:DescribeServices', client.send(command, options));
      if (service?.status !== 'ACTIVE') throw new ServiceMissing(role);
      const deployments = (service.deployments ?? []).map(
        ({ id = '', status, createdAt, rolloutState = 'UNKNOWN' }): Deployment => ({
          id,
          primary: status === 'PRIMARY',
          createdAt: createdAt?.getTime() ?? 0,
          state: rolloutState as Deployment['state'],
        }),
      );
      return { deployments, tasks: await tasksOf(names[role]) };
    },

    async roll(role) {
      const command = new UpdateServiceCommand({ cluster, service: names[role], forceNewDeployment: true });
      const { service } = await awsCall('ecs:UpdateService', client.send(command, options));
      return service?.deployments?.find(({ status }) => status === 'PRIMARY')?.id ?? '';
    },
  };
}
