import { stackFailureText } from '../../aws/stack.ts';
import { table } from '../format.ts';
import type { RevisionSummary } from './summary.ts';

const VERDICT: Readonly<Record<RevisionSummary['verdict'], string>> = {
  open: '… open',
  good: '✔ good',
  failed: '✘ failed',
  unverified: '≈ unverified',
  'ended-without-verdict': '– ended without a verdict',
};

/** Characters of a digest or commit that identify it for a reader. */
const DIGEST_SHOWN = 12;
const COMMIT_SHOWN = 8;

export function verdictText({ verdict }: Pick<RevisionSummary, 'verdict'>): string {
  return VERDICT[verdict];
}

/** What was done: `deploy`, `break-glass`, `rolled back to 3`. */
export function kindText({ kind, rollbackTo }: Pick<RevisionSummary, 'kind' | 'rollbackTo'>): string {
  return kind === 'rollback' ? `rolled back to ${rollbackTo}` : kind;
}

/** Who did it, without the parts of the ARN that all principals of the account share. */
export function byText({ by }: Pick<RevisionSummary, 'by'>): string {
  return by?.split(':').slice(5).join(':') || (by ?? '–');
}

/** The commit, with a plus when the working tree had changes beside it. */
export function commitText({ commit, dirty }: Pick<RevisionSummary, 'commit' | 'dirty'>): string {
  return commit === null ? '–' : `${commit.slice(0, COMMIT_SHOWN)}${dirty ? '+' : ''}`;
}

/** The digest of an image, or its tag, cut to what a reader compares. */
export function imageText(image: string): string {
  const digest = /@sha256:(?<digest>[0-9a-f]+)$/.exec(image)?.groups?.digest;
  const tag = /:(?<tag>[\w.-]+)$/.exec(image)?.groups?.tag;
  return (digest ?? tag ?? image).slice(0, DIGEST_SHOWN) || '–';
}

/** The name of an image with a short digest: two images may come from different repositories. */
export function namedImageText(image: string): string {
  return image.replace(/@sha256:([0-9a-f]+)$/, (_, digest: string) => `@sha256:${digest.slice(0, DIGEST_SHOWN)}`);
}

/** A time of a record in whole seconds, UTC. */
export function timeText(time: string | null): string {
  return time === null ? '–' : `${time.slice(0, 19)}Z`;
}

/**
 * A revision for people: everything of its record.
 *
 * @param unknown - why the failure is unknown, as part of a sentence; omitted when it is known, or nothing failed
 */
export function revisionText(revision: RevisionSummary, unknown?: string): string {
  const { number, current, failedChecks, failedBefore, stackParameters } = revision;
  const parameters = Object.entries(stackParameters);
  return [
    table([[`REVISION ${number}`, current ? 'runs now' : ''], ...rowsOf(revision, whatFailed(revision, unknown))]),
    ...(failedChecks.length > 0 ? [checkTable(revision)] : []),
    ...(failedBefore.length > 0 ? [`Already red before the deployment: ${failedBefore.join(', ')}.`] : []),
    ...(parameters.length > 0 ? [table([['STACK PARAMETER', 'GIVEN'], ...parameters])] : []),
  ].join('\n\n');
}

function whatFailed({ verdict, failedChecks, stackFailure }: RevisionSummary, unknown?: string): string | undefined {
  if (stackFailure !== null) return stackFailureText(stackFailure);
  if (unknown !== undefined) return `unknown: ${unknown}`;
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
    ['by', revision.by ?? 'unknown (not started by bin/quiltctl)'],
    ['commit', wholeCommit(revision)],
    ...Object.entries(versions ?? {}).map(([name, version]) => [name, version]),
    ['catalog image', images.catalog],
    ['MCP image', images.mcp],
    ['secret', `version ${parameterVersions.secret}`],
    ['key set', `version ${parameterVersions.keySet}`],
    ['token lifetime', tokenLifetimeSeconds === null ? 'unknown' : `${tokenLifetimeSeconds} s`],
    ['template', template === null ? 'not kept; you cannot roll back to this revision' : template.key],
    ...(template === null ? [] : [['template SHA-256', template.sha256]]),
    ['stack', revision.stackArn],
  ];
}

function wholeCommit({ commit, dirty }: RevisionSummary): string {
  if (commit === null) return 'unknown';
  return dirty ? `${commit}, with uncommitted changes` : commit;
}

function checkTable({ failedChecks }: RevisionSummary): string {
  return table([['CHECK', 'REASON'], ...failedChecks.map(({ name, reason }) => [name, reason])]);
}
