import type { Skipped } from '../../contract/rollback-path.ts';
import { stackName } from '../../lib/names.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { exitCodeOf, type Finding, findingLines } from '../preflight/finding.ts';
import { stands } from '../revisions/services-stack.ts';
import { type RevisionSummary, summaryOf } from '../revisions/summary.ts';
import type { Screen } from '../terminal.ts';
import { withdraw } from './announcement.ts';
import { followStack } from './follow-stack.ts';
import { type Outcome, outcomeOf } from './rollback-outcome.ts';
import { type Plan, planRollback, type RollbackConnections, type RollbackRequest } from './rollback-plan.ts';
import { type Begun, begin } from './rollback-start.ts';
import type { Change } from './stack-changes.ts';

/** Findings and result. JSON. */
export interface RollbackReport extends Outcome {
  readonly findings: readonly Finding[];
  /** The revision to go back to, and the one that ran before; `null` when a check failed first. */
  readonly target: number | null;
  readonly before: number | null;
  /** Without a number: the revisions that were skipped, each with the reason. Newest first. */
  readonly skipped: readonly Skipped[];
  /** The changes of the change set. */
  readonly changes: readonly Change[];
  /** The new revision. */
  readonly made: RevisionSummary | null;
}

const NOWHERE = { target: null, before: null, skipped: [], changes: [], made: null } as const;

/**
 * Redeploys an earlier revision as a new one: a change set of the Services stack with the template of that revision,
 * which the deploy gate admits and the canary judges like any other deployment. The secret does not change.
 *
 * @param screen - gets what is found and what happens
 * @throws CommandError (2) when there is no such revision; (3) when AWS refuses the caller, or it was interrupted before anything
 *   was changed; (4) when something cannot be asked
 */
export async function rollback(
  request: RollbackRequest,
  screen: Screen,
  connections: RollbackConnections,
): Promise<RollbackReport> {
  const findings: Finding[] = [];
  const plan = await planRollback(request.number, connections.clients, connections.config, (finding) => {
    findings.push(finding);
    screen.line(findingLines(finding));
  });
  if (plan === undefined) {
    const exitCode = exitCodeOf(findings) || EXIT.refused;
    const message = 'Not rolled back: a check failed. Nothing was changed.';
    return { result: 'refused', message, exitCode, findings, ...NOWHERE };
  }
  const { target, current, skipped = [] } = plan;
  const found = { findings, target: target.number, before: current.number, skipped };
  const { changes, end, begun } = await begin(plan, request, screen, connections);
  if (end !== undefined) return { ...found, ...end, changes, made: null };
  const ended = await followToEnd(plan, begun, screen, connections);
  return { ...found, ...ended, changes };
}

/** How a rollback ended, and the new revision. */
type Ended = Outcome & { readonly made: RevisionSummary | null };

/**
 * Follows a rollback to its end. The rollback does not depend on this command.
 *
 * @throws CommandError (3) when AWS refuses the caller, (4) when it cannot be looked at
 */
async function followToEnd(plan: Plan, begun: Begun, screen: Screen, connections: RollbackConnections): Promise<Ended> {
  try {
    return await follow(plan, begun, screen, connections);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(
      `${error.message}\nThe rollback continues without this command; bin/quiltctl history shows the result.`,
      error.exitCode,
    );
  }
}

async function follow(
  { target, current, records, stackArn }: Plan,
  { since, changing, newest, store, announcement }: Begun,
  screen: Screen,
  connections: RollbackConnections,
): Promise<Ended> {
  const { events, end } = await followStack(stackArn, since, changing, screen, connections);
  if (end === undefined) {
    const message = 'Stopped watching; the rollback continues. bin/quiltctl history shows the result.';
    return { result: 'goes-on', message, exitCode: EXIT.interrupted, made: null };
  }
  const made = await records.firstAfter(newest);
  // The gate deletes it when it admits a deployment.
  if (made === undefined) await withdraw(store, announcement).catch(() => undefined);
  const outcome = outcomeOf({
    stackName: stackName(connections.config, 'services'),
    target: target.number,
    before: current.number,
    status: end,
    made,
    events,
  });
  const stack = { arn: stackArn, status: end };
  const runs = made !== undefined && stands(made, stack) ? made : current;
  return { ...outcome, made: made === undefined ? null : summaryOf(made, { stack, current: runs }) };
}
