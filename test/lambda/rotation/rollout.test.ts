/** When every task of a service has read the parameters, by the reports of ECS; the model tests when a whole rollout is over. */

import type { ServiceState } from '../../../lambda/rotation/ports.ts';
import { isComplete } from '../../../lambda/rotation/rollout.ts';

const AFTER = 1_000;
const LATER = { createdAt: AFTER + 1, status: 'RUNNING' };
const ONE = { id: 'one', primary: true, createdAt: AFTER + 1, state: 'COMPLETED' } as const;
const OTHER = { ...ONE, id: 'other', primary: false };

test('one complete deployment with only later tasks is complete, whatever tasks have stopped', () => {
  const tasks = [LATER, { createdAt: AFTER - 1, status: 'STOPPED' }];

  expect(isComplete({ deployments: [ONE], tasks }, AFTER)).toBe(true);
});

test.each<[string, ServiceState]>([
  ['no deployment', { deployments: [], tasks: [LATER] }],
  ['a second deployment', { deployments: [ONE, OTHER], tasks: [LATER] }],
  ['a deployment in progress', { deployments: [{ ...ONE, state: 'IN_PROGRESS' }], tasks: [LATER] }],
  ['a deployment that failed', { deployments: [{ ...ONE, state: 'FAILED' }], tasks: [LATER] }],
  ['a deployment of unknown state', { deployments: [{ ...ONE, state: 'UNKNOWN' }], tasks: [LATER] }],
  ...['PROVISIONING', 'PENDING', 'RUNNING', 'DEACTIVATING', 'STOPPING'].map((status): [string, ServiceState] => [
    `an earlier task that is ${status}`,
    { deployments: [ONE], tasks: [LATER, { createdAt: AFTER, status }] },
  ]),
])('with %s it is not complete', (_, state) => {
  expect(isComplete(state, AFTER)).toBe(false);
});
