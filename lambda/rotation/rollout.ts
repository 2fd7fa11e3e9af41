import type { RotationRecord, ServiceRole } from '../../contract/rotation.ts';
import type { Deployment, ServiceState } from './ports.ts';
import { iso, type Run, save } from './run.ts';

/** Maximum difference between the clocks of two AWS services. */
const MARGIN_MS = 2_000;

/** Most rollouts take a few minutes; a longer one is polled less often (see `paced`). */
const POLL_SECONDS = 3;
const FEW_MINUTES_MS = 180_000;
const LATER_POLL_SECONDS = 15;

/** Time after which ECS certainly shows a deployment. */
const SHOWN_MS = 5_000;

type Roll = NonNullable<RotationRecord['roll']>;

export type Rollout =
  | { readonly state: 'complete' }
  | { readonly state: 'under-way'; readonly seconds: number }
  | { readonly state: 'failed'; readonly reason: string };

/**
 * Whether every task of a service has read the parameters since their last write: the service has exactly one deployment, it is
 * complete, and every task that is not STOPPED, pending and draining ones included, was created later.
 *
 * @param after - milliseconds
 */
export function isComplete({ deployments, tasks }: ServiceState, after: number): boolean {
  const [only, ...others] = deployments;
  if (only?.state !== 'COMPLETED' || others.length > 0) return false;
  return tasks.filter(({ status }) => status !== 'STOPPED').every(({ createdAt }) => createdAt > after);
}

/** Whether ECS stopped a deployment: it is marked as failed, or an older one is in its place. */
function wasGivenUp(deployments: readonly Deployment[], { deployment, since }: Roll): boolean {
  const own = deployments.find(({ id }) => id === deployment);
  if (own?.state === 'FAILED') return true;
  const primary = deployments.find((one) => one.primary);
  return own?.primary !== true && primary !== undefined && primary.createdAt < Date.parse(since) - MARGIN_MS;
}

/**
 * Has every task of a service read the parameters again, with one look per call. It goes by the state of ECS, not by its own request: a
 * rollout that another caller started late enough counts as well.
 *
 * @param modifiedAt - when the parameters were last written, in milliseconds
 */
export async function rollout(run: Run, service: ServiceRole, modifiedAt: number): Promise<Rollout> {
  const { services, timing, now } = run.ports;
  const after = modifiedAt + MARGIN_MS;
  const state = await services.look(service);
  if (isComplete(state, after)) return { state: 'complete' };
  // A task that is created within the margin may be older than the write.
  if (now() <= after) return { state: 'under-way', seconds: (after - now()) / 1000 };

  const own = run.record.roll?.service === service ? run.record.roll : undefined;
  const age = own ? now() - Date.parse(own.since) : 0;
  // A new deployment may not be visible yet, and looks like one that was stopped.
  if (own && age < SHOWN_MS) return { state: 'under-way', seconds: POLL_SECONDS };
  if (own && wasGivenUp(state.deployments, own)) {
    return {
      state: 'failed',
      reason: `ECS stopped the rollout of the ${service} service; see the events of the service.`,
    };
  }
  if (age > timing.rolloutSeconds * 1000) {
    const reason = `The rollout of the ${service} service took longer than ${timing.rolloutSeconds} s; see the events of the service.`;
    return { state: 'failed', reason };
  }
  const primary = state.deployments.find((deployment) => deployment.primary);
  const isLateEnough = primary !== undefined && primary.createdAt > after && primary.state !== 'FAILED';
  const deployment = isLateEnough ? primary.id : await services.roll(service);
  if (own?.deployment !== deployment) {
    const since = isLateEnough ? own?.since : undefined;
    await save(run, { roll: { service, deployment, since: since ?? iso(now()) } });
  }
  return { state: 'under-way', seconds: age < FEW_MINUTES_MS ? POLL_SECONDS : LATER_POLL_SECONDS };
}
