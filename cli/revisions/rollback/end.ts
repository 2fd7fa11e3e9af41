import { stackName } from '../../../lib/names.ts';
import { takeBack } from '../../deploy/announce.ts';
import { CommandError, EXIT } from '../../exit-codes.ts';
import type { Screen } from '../../terminal.ts';
import { stands } from '../current.ts';
import { type RevisionSummary, summaryOf } from '../summary.ts';
import type { Begun } from './begin.ts';
import { followStack } from './follow.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import type { Plan } from './plan.ts';
import type { RollbackSurroundings } from './surroundings.ts';

/** How a rollback ended, and the revision that it has made. */
export type Ended = Outcome & { readonly made: RevisionSummary | null };

/**
 * Follows a rollback that has begun to its end, which comes without this command too.
 *
 * @throws CommandError (3) when AWS refuses the caller, (4) when it cannot be looked at
 */
export async function followToEnd(
  plan: Plan,
  begun: Begun,
  screen: Screen,
  surroundings: RollbackSurroundings,
): Promise<Ended> {
  try {
    return await follow(plan, begun, screen, surroundings);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(
      `${error.message}\nThe rollback goes on without this command: bin/quiltctl history shows how it ends.`,
      error.exitCode,
    );
  }
}

async function follow(
  { target, current, records, stackArn }: Plan,
  { since, changing, newest, board, announcement }: Begun,
  screen: Screen,
  { clients, config, interrupted, pause }: RollbackSurroundings,
): Promise<Ended> {
  const { cloudformation } = clients;
  const ports = { cloudformation, stackArn, pause, interrupted };
  const { happenings, end } = await followStack(since, changing, screen, ports);
  if (end === undefined) {
    const message = 'Only the watching has ended; the rollback goes on. bin/quiltctl history shows how it ends.';
    return { result: 'goes-on', message, exitCode: EXIT.interrupted, made: null };
  }
  const made = await records.firstAfter(newest);
  // The gate takes it away when it admits a deploy.
  if (made === undefined) await takeBack(board, announcement).catch(() => undefined);
  const outcome = outcomeOf({
    stackName: stackName(config, 'services'),
    target: target.number,
    before: current.number,
    status: end,
    made,
    happenings,
  });
  const stack = { arn: stackArn, status: end };
  const runs = made !== undefined && stands(made, stack) ? made : current;
  return { ...outcome, made: made === undefined ? null : summaryOf(made, { stack, current: runs }) };
}
