import type { RotationRecord, ServiceRole } from '../../contract/rotation.ts';
import type { Deployment, ServiceState } from './ports.ts';
import { iso, type Run, save } from './run.ts';

/** The clocks of two services of AWS may differ by this much. */
const MARGIN_MS = 2_000;

/** Most rollouts take a few minutes; a longer one is polled less often (see `paced`). */
const POLL_SECONDS = 3;
const FEW_MINUTES_MS = 180_000;
const LATER_POLL_SECONDS = 15;

/** When ECS shows a deployment for certain. */
const SHOWN_MS = 5_000;

type Roll = NonNullable<RotationRecord['roll']>;

export type Rollout =
  | { readonly state: 'complete' }
  | { readonly state: 'under-way'; readonly seconds: number }
  | { readonly state: 'failed'; readonly reason: string };

/**
 * Whether every task of a service has read the parameters since they were last written: the service has one deployment, it is
 * complete, and no task that is not STOPPED, a waiting or a draining one included, was created before.
 *
 * @param after - milliseconds
 */
export function isComplete({ deployments, tasks }: ServiceState, after: number): boolean {
  const [only, ...others] = deployments;
  if (only?.state !== 'COMPLETED' || others.length > 0) return false;
  return tasks.filter(({ status }) => status !== 'STOPPED').every(({ createdAt }) => createdAt > after);
}

/** ECS gave a deployment up: it says so, or an older one is in its place. */
function wasGivenUp(deployments: readonly Deployment[], { deployment, since }: Roll): boolean {
  const own = deployments.find(({ id }) => id === deployment);
  if (own?.state === 'FAILED') return true;
  const primary = deployments.find((one) => one.primary);
  return own?.primary !== true && primary !== undefined && primary.createdAt < Date.parse(since) - MARGIN_MS;
}

/**
 * Has every task of a service read the parameters anew, a look a call. It goes by what ECS has and not by what it was asked for:
 * a rollout that was started late enough by someone else is as good as its own.
 *
 * @param modifiedAt - when the parameters were last written, in milliseconds
 */
export async function rollout(run: Run, service: ServiceRole, modifiedAt: number): Promise<Rollout> {
  const { services, timing, now } = run.ports;
  const after = modifiedAt + MARGIN_MS;
  const state = await services.look(service);
  if (isComplete(state, after)) return { state: 'complete' };
  // What is created within the margin may have been created before.
  if (now() <= after) return { state: 'under-way', seconds: (after - now()) / 1000 };

  const own = run.record.roll?.service === service ? run.record.roll : undefined;
  const age = own ? now() - Date.parse(own.since) : 0;
  // A deployment that was just asked for may not be shown yet, and looks like one that was given up.
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
