import { stackFailureText } from '../../aws/stack.ts';
import { table } from '../format.ts';
import type { RevisionSummary } from './summary.ts';
import { kindText, timeText, verdictText } from './words.ts';

/**
 * A revision for people: everything of its record.
 *
 * @param unknown - why it is not known what failed, as part of a sentence; left out when it is known, or nothing failed
 */
export function revisionText(revision: RevisionSummary, unknown?: string): string {
  const { number, current, failedChecks, failedBefore, stackParameters } = revision;
  const parameters = Object.entries(stackParameters);
  return [
    table([[`REVISION ${number}`, current ? 'runs now' : ''], ...rowsOf(revision, whatFailed(revision, unknown))]),
    ...(failedChecks.length > 0 ? [checkTable(revision)] : []),
    ...(failedBefore.length > 0 ? [`Red before the deploy already: ${failedBefore.join(', ')}.`] : []),
    ...(parameters.length > 0 ? [table([['STACK PARAMETER', 'GIVEN'], ...parameters])] : []),
  ].join('\n\n');
}

function whatFailed({ verdict, failedChecks, stackFailure }: RevisionSummary, unknown?: string): string | undefined {
  if (stackFailure !== null) return stackFailureText(stackFailure);
  if (unknown !== undefined) return `not known: ${unknown}`;
  if (verdict !== 'failed' || failedChecks.length === 0) return undefined;
  return `the canary was red: ${failedChecks.map(({ name }) => name).join(', ')}`;
}

function rowsOf(revision: RevisionSummary, failed: string | undefined): readonly (readonly string[])[] {
  const { parameterVersions, images, template, versions, closedBecause, reason, tokenLifetimeSeconds } = revision;
  return [
    ['verdict', verdictText(revision)],
    ...(failed === undefined ? [] : [['what failed', failed]]),
    ...(closedBecause === null ? [] : [['because', closedBecause]]),
    ['what', kindText(revision)],
    ...(reason === null ? [] : [['reason', reason]]),
    ['opened', timeText(revision.openedAt)],
    ['closed', timeText(revision.closedAt)],
    ['by', revision.by ?? 'unknown: it was not started by bin/quiltctl'],
    ['commit', wholeCommit(revision)],
    ...Object.entries(versions ?? {}).map(([name, version]) => [name, version]),
    ['catalog image', images.catalog],
    ['MCP image', images.mcp],
    ['secret', `version ${parameterVersions.secret}`],
    ['key set', `version ${parameterVersions.keySet}`],
    ['tokens live', tokenLifetimeSeconds === null ? 'unknown' : `${tokenLifetimeSeconds} s`],
    ['template', template === null ? 'not kept: nothing can go back to this revision' : template.key],
    ...(template === null ? [] : [['its SHA-256', template.sha256]]),
    ['stack', revision.stackArn],
  ];
}

function wholeCommit({ commit, dirty }: RevisionSummary): string {
  if (commit === null) return 'unknown';
  return dirty ? `${commit}, with changes that are not in it` : commit;
}

function checkTable({ failedChecks }: RevisionSummary): string {
  return table([['CHECK', 'REASON'], ...failedChecks.map(({ name, reason }) => [name, reason])]);
}
