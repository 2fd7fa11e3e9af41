import { isOver } from '../../aws/stack.ts';
import type { RevisionRecord, RevisionVerdict, StackFailure } from '../../contract/revision.ts';
import { isOf, type ServicesStack } from './services-stack.ts';

/** A revision for people and machines. JSON; all fields are always present. */
export interface RevisionSummary {
  readonly number: number;
  /** Whether the stack runs it now. */
  readonly current: boolean;
  /** `ended-without-verdict`: its deployment died; the next one closes the record as failed. */
  readonly verdict: RevisionVerdict | 'ended-without-verdict';
  readonly kind: 'deploy' | 'rollback' | 'break-glass';
  /** For `rollback`: the revision whose template it redeployed. */
  readonly rollbackTo: number | null;
  /** For `break-glass`: why the canary was bypassed. */
  readonly reason: string | null;
  /** ISO 8601. */
  readonly openedAt: string;
  /** ISO 8601. */
  readonly closedAt: string | null;
  /** ARN of the principal, if `bin/quiltctl` started it. */
  readonly by: string | null;
  readonly commit: string | null;
  readonly dirty: boolean | null;
  readonly versions: Readonly<Record<string, string>> | null;
  readonly images: RevisionRecord['images'];
  readonly parameterVersions: RevisionRecord['parameterVersions'];
  readonly tokenLifetimeSeconds: number | null;
  /** `null`: you cannot roll back to it. */
  readonly template: { readonly key: string; readonly sha256: string } | null;
  readonly stackParameters: Readonly<Record<string, string>>;
  readonly stackArn: string;
  readonly closedBecause: string | null;
  /** Why CloudFormation rolled the stack back. `null`: it did not, or the record does not say why. */
  readonly stackFailure: StackFailure | null;
  readonly failedBefore: readonly string[];
  readonly failedChecks: RevisionRecord['failedChecks'];
}

/** The context of a revision: its stack, and the current revision. */
export interface Background {
  readonly stack: ServicesStack | undefined;
  readonly current: RevisionRecord | undefined;
}

/** Summarizes a record. Everything may be shown: a record never holds a secret. */
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
