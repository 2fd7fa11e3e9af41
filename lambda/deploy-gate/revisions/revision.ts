import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { StackFailure } from '../../../aws/stack.ts';
import {
  type Announcement,
  REVISION_KEY,
  type RevisionRecord,
  type RevisionVerdict,
  revisionRecordOf,
  revisionSortKey,
} from '../../../contract/revision.ts';
import type { FailedCheck } from '../canary.ts';
import type { ParameterVersions } from '../parameters.ts';

type Values = Record<string, AttributeValue>;

/** How a deploy ended. */
export type Verdict = Exclude<RevisionVerdict, 'open'>;

/** What the canary could not prove before a deploy. */
export type UnprovedBefore = {
  /** Checks that were red, each with its fault. */
  readonly failedBefore: readonly string[];
  /** Checks that were not asked, because one that they need was red. */
  readonly skippedBefore: readonly string[];
};

/** What a rollback to a revision needs. */
export type KeptTemplate = Pick<RevisionRecord, 'stackParameters'> & {
  readonly template: NonNullable<RevisionRecord['template']>;
};

/** What is written when a deploy begins. */
export type NewRevision = UnprovedBefore & {
  readonly number: number;
  readonly stackArn: string;
  /** The event that opened it: one that is delivered twice opens one revision. */
  readonly openedBy: string;
  readonly fingerprint: string;
  readonly images: { readonly catalog: string; readonly mcp: string };
  readonly parameterVersions: ParameterVersions;
  /** How long its tokens live: a rotation waits until the last one of the retired key is over. */
  readonly tokenLifetimeSeconds: number;
  /** Why it is deployed whatever the canary says. */
  readonly reason: string | undefined;
  readonly announcement: Announcement | undefined;
  readonly kept: KeptTemplate | undefined;
};

/** What is written when it ends. */
export type Closing = {
  readonly verdict: Verdict;
  /** The event that closed it, if it was the one that asks for the verdict. */
  readonly closedBy?: string | undefined;
  readonly failedChecks?: readonly FailedCheck[];
  /** What else there is to say of the end; the `reason` of break-glass stays beside it. */
  readonly because?: string;
  /** What made CloudFormation take the stack back. */
  readonly stackFailure?: StackFailure | undefined;
  /** The verdict that it replaces. @default 'open' */
  readonly instead?: RevisionVerdict;
};

/** A record with what the gate alone decides by. */
export type Revision = RevisionRecord &
  UnprovedBefore & {
    readonly openedBy: string;
    readonly closedBy: string | undefined;
  };

/** Reads an item of the state table. */
export function revisionOf(item: Readonly<Values>): Revision {
  return {
    ...revisionRecordOf(item),
    openedBy: item.openedBy?.S ?? '',
    closedBy: item.closedBy?.S,
    skippedBefore: (item.skippedBefore?.L ?? []).map(({ S = '' }) => S),
  };
}

/** The same as attributes of the item. */
export function keptValues({ template, stackParameters }: KeptTemplate): Values {
  const parameters = Object.entries(stackParameters).map(([name, value]) => [name, { S: value }]);
  return {
    template: { M: { key: { S: template.key }, sha256: { S: template.sha256 } } },
    stackParameters: { M: Object.fromEntries(parameters) },
  };
}

/** The key of a revision's item. */
export function keyOf(number: number): Values {
  return { pk: { S: REVISION_KEY }, sk: { S: revisionSortKey(number) } };
}
