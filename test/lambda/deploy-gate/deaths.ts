import type { Sender } from './events.ts';
import { type FakeAccount, STACK } from './fake-account.ts';

/** A moment in which the gate's function dies, and what CloudFormation does then. */
export interface Death {
  /** The call to AWS at which it dies. */
  readonly call: number;
  /** Whether that call had taken effect. */
  readonly when: 'before' | 'after';
  /** What the canary would have said. */
  readonly red: boolean;
  /** The resources that the rollback reaches, in its order. */
  readonly reached: readonly ('gate' | 'verdict')[];
}

/** Gate and verdict make at most this many calls together, with those of giving up. */
const MAX_CALLS = 32;

/** Every death there is. */
export const DEATHS: readonly Death[] = Array.from({ length: MAX_CALLS }, (_, index) => index + 1).flatMap((call) =>
  (['before', 'after'] as const).flatMap((when) =>
    [false, true].flatMap((red) =>
      ([['gate'], ['gate', 'verdict'], ['verdict', 'gate']] as const).map((reached) => ({ call, when, red, reached })),
    ),
  ),
);

/** The deaths that differ before any rollback. */
export const FIRST_DEATHS = DEATHS.filter(({ red, reached }) => !red && reached.length === 1);

export const RED = { verdict: 'red', checks: [{ name: 'no-token-refused', verdict: 'fail', reason: 'accepted' }] };
const GREEN = { verdict: 'green', checks: [] };

/** What a deploy must not leave behind. */
export const held = (account: FakeAccount) => ({ lock: account.lock, open: account.verdicts.includes('open') });
export const NOTHING = { lock: undefined, open: false };

/** A deploy dies and is rolled back; then there is another one. */
export async function expectCleanRollback(
  account: FakeAccount,
  cloudformation: Sender,
  { call, when, red, reached }: Death,
): Promise<void> {
  account.items.clear();
  account.stacks.set(STACK, 'UPDATE_IN_PROGRESS');
  account.canary = GREEN;
  account.crash = { call: account.calls + call, when };
  await cloudformation.gate();
  account.canary = red ? RED : GREEN;
  await cloudformation.verdict();

  account.revive();
  for (const { Status } of await cloudformation.rollBack(reached)) expect(Status).toBe('SUCCESS');
  expect(held(account)).toEqual(NOTHING);

  account.canary = GREEN;
  account.stacks.set(STACK, 'UPDATE_IN_PROGRESS');
  expect(await cloudformation.gate()).toMatchObject({ Status: 'SUCCESS' });
  expect(await cloudformation.verdict()).toMatchObject({ Status: 'SUCCESS' });
  expect(account.verdicts.at(-1)).toBe('good');
  expect(held(account)).toEqual(NOTHING);
}

/** The function dies, and Lambda delivers the same event once more. */
export async function expectSecondDelivery(
  account: FakeAccount,
  cloudformation: Sender,
  { call, when }: Death,
): Promise<void> {
  account.items.clear();
  account.crash = { call: account.calls + call, when };
  await cloudformation.gate({ requestId: 'gate' });
  account.revive();
  expect(await cloudformation.gate({ requestId: 'gate' })).toMatchObject({ Status: 'SUCCESS' });
  account.crash = { call: account.calls + call, when };
  await cloudformation.verdict({ requestId: 'verdict' });
  account.revive();
  expect(await cloudformation.verdict({ requestId: 'verdict' })).toMatchObject({ Status: 'SUCCESS' });
  expect(account.verdicts).toEqual(['good']);
  expect(held(account)).toEqual(NOTHING);
}
