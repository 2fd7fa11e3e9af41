import type { Skipped } from '../../../contract/rollback-path.ts';
import { EXIT } from '../../exit-codes.ts';
import { exitCodeOf, type Finding, findingLines } from '../../preflight/finding.ts';
import type { Screen } from '../../terminal.ts';
import type { RevisionSummary } from '../summary.ts';
import { begin } from './begin.ts';
import type { Change } from './changes.ts';
import { followToEnd } from './end.ts';
import type { Outcome } from './outcome.ts';
import { planRollback } from './plan.ts';
import type { RollbackRequest, RollbackSurroundings } from './surroundings.ts';

/** What was found and done. */
export interface RollbackReport extends Outcome {
  readonly findings: readonly Finding[];
  /** The revision to go back to, and the one that ran before; `null` when it did not come so far. */
  readonly target: number | null;
  readonly before: number | null;
  /** Without a number: the revisions between the two, each with why the target is none of them. Newest first. */
  readonly skipped: readonly Skipped[];
  /** What CloudFormation says that changes. */
  readonly changes: readonly Change[];
  /** The revision that the rollback has made. */
  readonly made: RevisionSummary | null;
}

const NOWHERE = { target: null, before: null, skipped: [], changes: [], made: null } as const;

/**
 * Brings an earlier revision back, as a new one: a change set of the Services stack with the template that was deployed then,
 * which the deploy gate admits and the canary judges like any other deploy. The secret stays what it is.
 *
 * @param screen - gets what is found and what happens
 * @throws CommandError (2) when there is no such revision; (3) when AWS refuses the caller, or it was interrupted before anything
 *   was changed; (4) when something cannot be asked
 */
export async function rollback(
  request: RollbackRequest,
  screen: Screen,
  surroundings: RollbackSurroundings,
): Promise<RollbackReport> {
  const findings: Finding[] = [];
  const plan = await planRollback(request.number, surroundings.clients, surroundings.config, (finding) => {
    findings.push(finding);
    screen.line(findingLines(finding));
  });
  if (plan === undefined) {
    const exitCode = exitCodeOf(findings) || EXIT.refused;
    const message = 'Not rolled back: something stands in the way. Nothing was changed.';
    return { result: 'refused', message, exitCode, findings, ...NOWHERE };
  }
  const { target, current, skipped = [] } = plan;
  const found = { findings, target: target.number, before: current.number, skipped };
  const { changes, end, begun } = await begin(plan, request, screen, surroundings);
  if (end !== undefined) return { ...found, ...end, changes, made: null };
  const ended = await followToEnd(plan, begun, screen, surroundings);
  return { ...found, ...ended, changes };
}
