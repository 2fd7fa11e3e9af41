import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';

/** Partition key of every revision in the state table. */
export const REVISION_KEY = 'revision';
/** Sort key of the counter item, after every number: `sk < 'last'` selects only the revisions. */
export const REVISION_COUNTER = 'last';

/** Sort key of a revision: its number, padded so that text sorts like numbers. */
export function revisionSortKey(number: number): string {
  return String(number).padStart(6, '0');
}

/** Good: proved by a green canary. Unverified: deployed without that proof, with the reason. Open: without a verdict yet. */
export type RevisionVerdict = 'open' | 'good' | 'failed' | 'unverified';

/** What `bin/quiltctl` announced about a deploy before it. A plain `cdk deploy` announces nothing. */
export type Announcement = {
  /** Principal of the caller, an ARN. */
  readonly by: string;
  /** Git commit of the working tree. */
  readonly commit?: string | undefined;
  /** Whether the working tree had changes that are not in the commit. */
  readonly dirty?: boolean | undefined;
  /** Versions by name, such as `aws-cdk`. */
  readonly versions?: Readonly<Record<string, string>> | undefined;
  /** The revision whose template this deploy restores. */
  readonly rollbackTo?: number | undefined;
};

/** What made CloudFormation take a stack back. JSON. */
export type StackFailure = {
  /** Logical ID; of the stack itself when no resource failed. */
  readonly resource: string;
  readonly type: string;
  /** On one line. */
  readonly reason: string;
};

/** One deploy of the Services stack, as recorded in the state table. */
export type RevisionRecord = {
  readonly number: number;
  readonly stackArn: string;
  /** ISO 8601. */
  readonly openedAt: string;
  /** ISO 8601; missing while it is open. */
  readonly closedAt: string | undefined;
  readonly verdict: RevisionVerdict;
  /** Identifies the deploy: see the deploy gate's `fingerprintOf`. */
  readonly fingerprint: string;
  readonly images: { readonly catalog: string; readonly mcp: string };
  /** Versions of the secret parameters that its tasks started with; never a value. */
  readonly parameterVersions: { readonly secret: number; readonly keySet: number };
  readonly tokenLifetimeSeconds: number | undefined;
  /** The template in the revision bucket; missing when it was not stored, so that no rollback to this revision is possible. */
  readonly template: { readonly key: string; readonly sha256: string } | undefined;
  /** The stack's parameters as given: names of SSM parameters, not their values. */
  readonly stackParameters: Readonly<Record<string, string>>;
  readonly announcement: Announcement | undefined;
  /** Break-glass: why the canary did not decide. */
  readonly reason: string | undefined;
  /** Why it ended so. */
  readonly closedBecause: string | undefined;
  /** Why CloudFormation rolled the stack back, if the deploy gate could find out. */
  readonly stackFailure: StackFailure | undefined;
  /** Checks that were red before the deploy, each with its fault. */
  readonly failedBefore: readonly string[];
  /** Checks that did not pass after it. */
  readonly failedChecks: readonly { readonly name: string; readonly reason: string }[];
};

type Item = Readonly<Record<string, AttributeValue>>;

function verdictOf(text: string | undefined): RevisionVerdict {
  return text === 'open' || text === 'good' || text === 'unverified' ? text : 'failed';
}

function textsOf(map: Record<string, AttributeValue> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(map ?? {}).map(([name, { S = '' }]) => [name, S]));
}

/** Parses the map of `announcementMap`; `undefined` without an announcement. */
export function announcementOf(map: Record<string, AttributeValue> | undefined): Announcement | undefined {
  if (map?.by?.S === undefined) return undefined;
  return {
    by: map.by.S,
    commit: map.commit?.S,
    dirty: map.dirty?.BOOL,
    versions: map.versions?.M && textsOf(map.versions.M),
    rollbackTo: map.rollbackTo?.N === undefined ? undefined : Number(map.rollbackTo.N),
  };
}

function stackFailureOf(map: Record<string, AttributeValue> | undefined): StackFailure | undefined {
  return map && { resource: map.resource?.S ?? '', type: map.type?.S ?? '', reason: map.reason?.S ?? '' };
}

/** Parses an item of the state table. Records of earlier releases lack later fields. */
export function revisionRecordOf(item: Item): RevisionRecord {
  const template = item.template?.M;
  return {
    number: Number(item.number?.N),
    stackArn: item.stackArn?.S ?? '',
    openedAt: item.openedAt?.S ?? '',
    closedAt: item.closedAt?.S,
    verdict: verdictOf(item.verdict?.S),
    fingerprint: item.trigger?.S ?? '',
    images: { catalog: item.images?.M?.catalog?.S ?? '', mcp: item.images?.M?.mcp?.S ?? '' },
    parameterVersions: {
      secret: Number(item.parameterVersions?.M?.secret?.N ?? 0),
      keySet: Number(item.parameterVersions?.M?.keySet?.N ?? 0),
    },
    tokenLifetimeSeconds: item.tokenLifetimeSeconds?.N === undefined ? undefined : Number(item.tokenLifetimeSeconds.N),
    template: template && { key: template.key?.S ?? '', sha256: template.sha256?.S ?? '' },
    stackParameters: textsOf(item.stackParameters?.M),
    announcement: announcementOf(item.announcement?.M),
    reason: item.reason?.S,
    closedBecause: item.closedBecause?.S,
    stackFailure: stackFailureOf(item.stackFailure?.M),
    failedBefore: (item.failedBefore?.L ?? []).map(({ S = '' }) => S),
    failedChecks: (item.failedChecks?.L ?? []).map(({ M }) => ({
      name: M?.name?.S ?? '',
      reason: M?.reason?.S ?? '',
    })),
  };
}

/** Prefix of the templates in the revision bucket; the numbers of a deployment are never reused. */
export const REVISION_TEMPLATES = 'revisions/';

/** The object with the template of a revision. */
export function revisionTemplateKey(number: number): string {
  return `${REVISION_TEMPLATES}${revisionSortKey(number)}.json`;
}

/** Partition key of the announcements of deploys. */
export const ANNOUNCEMENT_KEY = 'announcement';

/** An announcement expires if its deploy has not begun by then. */
const VALID_SECONDS = 3_600;

/** The key of the announcement of one template. */
export function announcementKey(templateHash: string): Record<string, AttributeValue> {
  return marshall({ pk: ANNOUNCEMENT_KEY, sk: templateHash });
}

/** An announcement as a DynamoDB value, for its own item and for the revision. */
export function announcementMap(announcement: Announcement): AttributeValue.MMember {
  return { M: marshall(announcement, { removeUndefinedValues: true }) };
}

/**
 * The item that announces a deploy. The deploy gate deletes it when it opens the revision.
 *
 * @param templateHash - the `Trigger` of the template to deploy: the announcement is only for that one
 * @param now - milliseconds since 1970
 */
export function announcementItem(
  templateHash: string,
  announcement: Announcement,
  now: number,
): Record<string, AttributeValue> {
  return {
    ...announcementKey(templateHash),
    announcement: announcementMap(announcement),
    ...marshall({ expiresAt: Math.floor(now / 1000) + VALID_SECONDS }),
  };
}

const GATE_TYPE = 'Custom::DeployGate';

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/**
 * Identifies a Services template: the `Trigger` of its deploy gate.
 *
 * @param template - the parsed template
 * @returns `undefined` without a gate: then it is not a Services template
 */
export function templateTrigger(template: unknown): string | undefined {
  const resources = Object.values(member(template, 'Resources') ?? {});
  const gate: unknown = resources.find((resource) => member(resource, 'Type') === GATE_TYPE);
  const trigger = member(member(gate, 'Properties'), 'Trigger');
  return typeof trigger === 'string' ? trigger : undefined;
}
