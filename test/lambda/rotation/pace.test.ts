import type { Command } from '../../../contract/rotation.ts';
import { rotationDefinition } from '../../../lib/constructs/rotation-machine.ts';
import { type Execution, ROTATE, Rotations } from './support/rotations.ts';

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-state-machine-executions */
const MAX_EVENTS = 25_000;
/** Of the task five, of each of the two choices two, of the wait two. */
const EVENTS_PER_CALL = 11;
const HOUR_MS = 3_600_000;

/** How long an execution may take, as its state machine says. */
const { TimeoutSeconds } = rotationDefinition('arn') as { readonly TimeoutSeconds: number };

/** Has an execution called for as long as it wants to be, or for some time; says how often that was. */
async function callsOf(rotations: Rotations, execution: Execution, forMs: number): Promise<number> {
  const end = rotations.world.now + forMs;
  let calls = 0;
  do {
    await rotations.call(execution);
    calls += 1;
  } while (execution.progress?.result === 'wait' && rotations.world.now < end);
  return calls;
}

/** A rotation that is due, and a deploy that does not end. */
async function duringDeploy(): Promise<[Rotations, Command]> {
  const rotations = await Rotations.start();
  rotations.sleepHours(31 * 24);
  rotations.world.deploys.inProgress = () => true;
  return [rotations, { command: 'rotate', trigger: 'schedule' }];
}

/** A rotation whose rollouts take as long as one may, which is an hour, and then fail. */
async function withoutEnd(): Promise<[Rotations, Command]> {
  const rotations = await Rotations.start();
  rotations.timing = { rolloutSeconds: 3600 };
  const { mcp } = rotations.world.fleet;
  const state = mcp.state.bind(mcp);
  mcp.state = () => ({
    ...state(),
    deployments: state()
      .deployments.slice(0, 1)
      .map((deployment) => ({ ...deployment, state: 'IN_PROGRESS' })),
  });
  return [rotations, ROTATE];
}

/** A rotation after its grace time, blocked by a lock that is never released. */
async function locked(): Promise<[Rotations, Execution]> {
  const rotations = await Rotations.start();
  const execution = await rotations.runUntil('grace');
  rotations.world.lock = { owner: 'somebody', kind: 'unknown', takenAt: '2026-01-01T00:00:00.000Z' };
  return [rotations, execution];
}

describe('an execution does not use up the events that Step Functions gives it', () => {
  test.each<[string, () => Promise<[Rotations, Command]>]>([
    ['while a deploy does not end', duringDeploy],
    ['while rollouts take an hour each', withoutEnd],
  ])('%s', async (_, arrange) => {
    const [rotations, command] = await arrange();
    const calls = await callsOf(rotations, rotations.begin(command), TimeoutSeconds * 1000);
    expect(calls * EVENTS_PER_CALL).toBeLessThan(MAX_EVENTS);
  });

  test('while another holder keeps the lock', async () => {
    const calls = await callsOf(...(await locked()), TimeoutSeconds * 1000);
    expect(calls * EVENTS_PER_CALL).toBeLessThan(MAX_EVENTS);
  });
});

test('what lasts long is looked at less often than what is over soon', async () => {
  const [rotations, command] = await withoutEnd();
  expect(await callsOf(rotations, rotations.begin(command), HOUR_MS)).toBeLessThan(300);
  expect(await callsOf(...(await locked()), HOUR_MS)).toBeLessThan(75);
});
