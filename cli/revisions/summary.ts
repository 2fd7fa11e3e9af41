import { isOver, type StackFailure } from '../../aws/stack.ts';
import type { RevisionRecord, RevisionVerdict } from '../../contract/revision.ts';
import { isOf, type ServicesStack } from './services-stack.ts';

/** What a revision is, for people and machines: JSON, in which nothing is ever left out. */
export interface RevisionSummary {
  readonly number: number;
  /** Whether the stack runs it now. */
  readonly current: boolean;
  /** `ended-without-verdict`: its deploy died; the next one closes the record as failed. */
  readonly verdict: RevisionVerdict | 'ended-without-verdict';
  readonly kind: 'deploy' | 'rollback' | 'break-glass';
  /** With `rollback`: the revision whose template it brought back. */
  readonly rollbackTo: number | null;
  /** With `break-glass`: why the canary had no say. */
  readonly reason: string | null;
  /** ISO 8601. */
  readonly openedAt: string;
  /** ISO 8601. */
  readonly closedAt: string | null;
  /** ARN of the principal; known of what `bin/quiltctl` started. */
  readonly by: string | null;
  readonly commit: string | null;
  readonly dirty: boolean | null;
  readonly versions: Readonly<Record<string, string>> | null;
  readonly images: RevisionRecord['images'];
  readonly parameterVersions: RevisionRecord['parameterVersions'];
  readonly tokenLifetimeSeconds: number | null;
  /** `null`: nothing can go back to it. */
  readonly template: { readonly key: string; readonly sha256: string } | null;
  readonly stackParameters: Readonly<Record<string, string>>;
  readonly stackArn: string;
  readonly closedBecause: string | null;
  /** What made CloudFormation take the stack back. `null`: nothing did, or the record does not say it. */
  readonly stackFailure: StackFailure | null;
  readonly failedBefore: readonly string[];
  readonly failedChecks: RevisionRecord['failedChecks'];
}

/** What a revision is told beside: what there is of its stack, and which one runs. */
export interface Background {
  readonly stack: ServicesStack | undefined;
  readonly current: RevisionRecord | undefined;
}

/** What may be told of a revision, which is all of it: a record never holds a secret. */
export function summaryOf(record: RevisionRecord, { stack, current }: Background): RevisionSummary {
  const { announcement, reason } = record;
  const rollbackTo = announcement?.rollbackTo ?? null;
  return {
    number: record.number,
    current: record.number === current?.number,
    verdict: record.verdict === 'open' && !isBeingDeployed(record, stack) ? 'ended-without-verdict' : record.verdict,
    kind: reason === undefined ? (rollbackTo === null ? 'deploy' : 'rollback') : 'break-glass',
    rollbackTo,
    reason: reason ?? null,
    openedAt: record.openedAt,
    closedAt: record.closedAt ?? null,
    by: announcement?.by ?? null,
    commit: announcement?.commit ?? null,
    dirty: announcement?.dirty ?? null,
    versions: announcement?.versions ?? null,
    images: record.images,
    parameterVersions: record.parameterVersions,
    tokenLifetimeSeconds: record.tokenLifetimeSeconds ?? null,
    template: record.template ?? null,
    stackParameters: record.stackParameters,
    stackArn: record.stackArn,
    closedBecause: record.closedBecause ?? null,
    stackFailure: record.stackFailure ?? null,
    failedBefore: record.failedBefore,
    failedChecks: record.failedChecks,
  };
}

function isBeingDeployed(record: RevisionRecord, stack: ServicesStack | undefined): boolean {
  return stack !== undefined && isOf(stack, record) && !isOver(stack.status);
}
