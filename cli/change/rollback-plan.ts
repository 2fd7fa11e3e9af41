import type { S3Client } from '@aws-sdk/client-s3';
import type { EnvironmentConfig } from '../../config/schema.ts';
import type { RevisionRecord } from '../../contract/revision.ts';
import { RollbackPath, type Skipped } from '../../contract/rollback-path.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { requireFoundationValue } from '../foundation-values.ts';
import { callerFindings } from '../preflight/caller.ts';
import type { PreflightClients } from '../preflight/clients.ts';
import { type Finding, ok, type Result, refused } from '../preflight/finding.ts';
import { type ImageSources, imageFindings } from '../preflight/images.ts';
import { lockFindings } from '../preflight/ongoing-changes.ts';
import { noSuchRevision, RevisionRecords } from '../revisions/records.ts';
import { readServicesStack, type ServicesStack, stands } from '../revisions/services-stack.ts';
import { readStoredTemplate } from '../revisions/template.ts';
import { type PreparedTemplate, prepareTemplate } from './prepared-template.ts';

/** The arguments of a rollback. */
export interface RollbackRequest {
  /** The revision to go back to; `undefined`: see `findWay`. */
  readonly number: number | undefined;
  /** Show what would change, but change nothing. */
  readonly dryRun: boolean;
  /** Whether resources may be replaced or removed, beyond those that every deployment replaces. */
  readonly allowReplacement: boolean;
}

type RollbackClients = ImageSources &
  Pick<PreflightClients, 'cloudformation' | 'dynamodb' | 'sfn' | 'ssm' | 'sts'> & { readonly s3: S3Client };

/** What a rollback works with. */
export interface RollbackConnections {
  readonly clients: RollbackClients;
  readonly config: EnvironmentConfig;
  /** Ctrl-C: stops before the first change; afterwards it stops the watching only. */
  readonly interrupted: AbortSignal;
  /** Waits for the polling interval; returns at once when interrupted. */
  pause(): Promise<void>;
  /** Milliseconds since 1970. */
  now(): number;
}

/** @throws CommandError (3) when Ctrl-C was pressed */
export function requireUninterrupted(interrupted: AbortSignal): void {
  if (!interrupted.aborted) return;
  throw new CommandError('Interrupted; nothing was changed.', EXIT.refused);
}

/** A rollback that passed all checks. */
export interface Plan extends Way {
  /** ARN of the principal. */
  readonly caller: string;
  readonly stackArn: string;
  readonly stateTable: string;
  readonly bucket: string;
  readonly records: RevisionRecords;
  readonly template: PreparedTemplate;
}

/**
 * Checks everything that a rollback relies on, without changing anything.
 *
 * @param number - the revision to go back to; `undefined`: see `findWay`
 * @param show - gets each finding
 * @returns `undefined` when a check failed
 * @throws CommandError (2) when there is no such revision; (3) when AWS refuses the caller, when there is nothing to go back to,
 *   or when its template is not the one that was deployed; (4) when AWS cannot be asked
 */
export async function planRollback(
  number: number | undefined,
  clients: RollbackClients,
  config: EnvironmentConfig,
  show: (finding: Finding) => void,
): Promise<Plan | undefined> {
  let blocked = false;
  const found = (findings: readonly Finding[]) => {
    for (const finding of findings) {
      blocked ||= finding.state === 'failed';
      show(finding);
    }
  };
  const { findings, caller } = await callerFindings(clients.sts, config);
  found(findings);
  // Further checks would examine a different account.
  if (caller === undefined) return undefined;

  const [stateTable, bucket, stack] = await Promise.all([
    requireFoundationValue(clients.ssm, config.namePrefix, 'state-table-name'),
    requireFoundationValue(clients.ssm, config.namePrefix, 'revision-bucket-name'),
    readServicesStack(clients.cloudformation, config),
  ]);
  const records = new RevisionRecords(clients.dynamodb, stateTable);
  const way = await findWay(records, stack, number);
  const { target } = way;
  found([
    ...(way.skipped === undefined ? [] : [choiceFinding(way)]),
    { about: `revision ${target.number}`, ...resultOf(target) },
  ]);
  const [locks, images] = await Promise.all([
    lockFindings(clients, { config, stateTable }),
    imageFindings([target.images.catalog, target.images.mcp], clients),
  ]);
  found([...locks, ...images]);
  if (blocked || stack === undefined) return undefined;
  const template = prepareTemplate(target.number, await readStoredTemplate({ s3: clients.s3, bucket }, target));
  found([{ about: `template of revision ${target.number}`, ...ok('matches the SHA-256 in its record') }]);
  return { ...way, caller, stackArn: stack.arn, stateTable, bucket, records, template };
}

/** The revision to leave and the one to go back to. */
interface Way {
  /** The revision that the stack runs now. */
  readonly current: RevisionRecord;
  readonly target: RevisionRecord;
  /** Why the revisions in between were skipped; `undefined` when the target was given by number. */
  readonly skipped: readonly Skipped[] | undefined;
}

/**
 * Finds the revision to go back to.
 *
 * @param number - `undefined`: the newest good one before the current one, skipping those that were rolled back
 * @throws CommandError (2) when there is no such revision, (3) when nothing runs, or nothing good did before
 */
async function findWay(
  records: RevisionRecords,
  stack: ServicesStack | undefined,
  number: number | undefined,
): Promise<Way> {
  const revisions = records.newestFirst();
  const current = await nextThat((revision) => stands(revision, stack), revisions);
  if (current === undefined) {
    throw new CommandError(
      'No revision is running, so there is nothing to roll back. Deploy with bin/quiltctl deploy.',
      EXIT.refused,
    );
  }
  if (number !== undefined) {
    const target = await records.get(number);
    if (target === undefined) throw noSuchRevision(number);
    return { current, target, skipped: undefined };
  }
  const way = new RollbackPath(current);
  const target = await nextThat((revision) => way.leadsTo(revision), revisions);
  if (target !== undefined) return { current, target, skipped: way.skipped };
  throw new CommandError(
    `There is no good revision before ${current.number} to roll back to${skippedText(way.skipped)}. ` +
      'Choose a revision from bin/quiltctl history: bin/quiltctl rollback N.',
    EXIT.refused,
  );
}

/** The next matching revision. Reading continues behind it. */
async function nextThat(
  fits: (revision: RevisionRecord) => boolean,
  revisions: AsyncGenerator<RevisionRecord, void>,
): Promise<RevisionRecord | undefined> {
  for (;;) {
    const { value } = await revisions.next();
    if (value === undefined || fits(value)) return value ?? undefined;
  }
}

/** Which revision was chosen when no number was given, and why. */
function choiceFinding({ current, target, skipped = [] }: Way): Finding {
  const detail = `revision ${target.number} is the newest good revision before ${current.number}, the current one`;
  return { about: 'no number given', ...ok(`${detail}${skippedText(skipped)}`) };
}

const BECAUSE: Readonly<Record<Skipped['because'], string>> = {
  failed: 'failed',
  open: 'no verdict',
  unverified: 'unverified',
  'rolled-away': 'rolled back by',
  'runs-now': 'same as the current one',
};

/** `; skipped: 5 (same as the current one), 8 to 6 (rolled back by 9)`; nothing when none was. */
function skippedText(skipped: readonly Skipped[]): string {
  const groups: { readonly why: string; readonly numbers: number[] }[] = [];
  for (const { number, because, by } of skipped) {
    const why = [BECAUSE[because], by ?? ''].join(' ').trim();
    const last = groups.at(-1);
    if (last?.why === why) last.numbers.push(number);
    else groups.push({ why, numbers: [number] });
  }
  const texts = groups.map(({ why, numbers }) => `${rangeText(numbers)} (${why})`);
  return texts.length === 0 ? '' : `; skipped: ${texts.join(', ')}`;
}

function rangeText(numbers: readonly number[]): string {
  return numbers.length > 2 ? `${numbers[0]} to ${numbers.at(-1)}` : numbers.join(' and ');
}

/** Whether a revision can be rolled back to. */
function resultOf({ verdict, openedAt, template }: RevisionRecord): Result {
  const remedy = 'Choose a good revision with a template from bin/quiltctl history.';
  if (verdict === 'failed') return refused('its deployment failed', remedy);
  if (verdict === 'open') return refused('it has no verdict', remedy);
  if (template === undefined) return refused('its template was not kept', remedy);
  return ok(`${verdict}, deployed ${openedAt.slice(0, 19)}Z`);
}
