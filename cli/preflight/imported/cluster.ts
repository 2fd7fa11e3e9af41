import { DescribeClustersCommand, type ECSClient } from '@aws-sdk/client-ecs';
import { type Finding, lookedAt, misfit, ok } from '../finding.ts';

const ABOUT = 'ECS cluster';

/** Whether the cluster is there and takes services. */
export function clusterFinding(ecs: ECSClient, name: string): Promise<Finding> {
  return lookedAt(ABOUT, async () => {
    const { clusters: [cluster] = [] } = await ecs.send(new DescribeClustersCommand({ clusters: [name] }));
    if (cluster?.status === 'ACTIVE') return ok(ABOUT, name);
    const state = cluster === undefined ? `there is no ${name}` : `${name} is ${cluster.status}`;
    return misfit(ABOUT, state, 'Mend cluster.name in the configuration, or create the cluster.');
  });
}
