import { ECSClient } from '@aws-sdk/client-ecs';
import { bodyOf, serve } from '../support/servers.ts';

/** The report of ECS about both services in one call: the running MCP tasks and the deployments; an error's name fails the call. */
export type EcsReport =
  | { readonly running?: number; readonly mcp?: readonly string[]; readonly catalog?: readonly string[] }
  | string;

const deploymentsOf = (rolloutStates: readonly string[]) => rolloutStates.map((rolloutState) => ({ rolloutState }));

/**
 * An ECS that runs two MCP tasks and a catalog task.
 *
 * @param report - the report of each call, counted from 1; rollout states stand for deployments, by default
 * one `COMPLETED`
 */
export async function startEcs(report: (call: number) => EcsReport): Promise<ECSClient> {
  let calls = 0;
  const endpoint = await serve(async (request, response) => {
    await bodyOf(request);
    calls += 1;
    const state = report(calls);
    const type = { 'content-type': 'application/x-amz-json-1.1' };
    if (typeof state === 'string') {
      response.writeHead(400, type).end(JSON.stringify({ __type: state }));
      return;
    }
    const { running = 2, mcp = ['COMPLETED'], catalog = ['COMPLETED'] } = state;
    const services = [
      { serviceName: 'mcp-service', runningCount: running, desiredCount: 2, deployments: deploymentsOf(mcp) },
      { serviceName: 'catalog-service', runningCount: 1, desiredCount: 1, deployments: deploymentsOf(catalog) },
    ];
    response.writeHead(200, type).end(JSON.stringify({ services, failures: [] }));
  });
  return new ECSClient({ endpoint, maxAttempts: 1 });
}
